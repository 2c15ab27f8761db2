#!/bin/sh
# Finds the tools that the tests of this directory need, and downloads those that are missing.
#
#   deploy/tools.sh promtool kubectl      prints the path of each, one a line
#
# A tool on PATH is used as it is. Otherwise its Debian package is downloaded by apt-get and
# unpacked, not installed: no root is needed, and no service is started. Two tools are always of a
# pinned version, since other versions have other rules or another speed: buf is installed by npm
# from buf/package-lock.json, and etcd is built by Go from the modules of etcd/go.sum.
set -eu

here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
cache=${SYNOD_TOOLS:-${XDG_CACHE_HOME:-${HOME:-/var/tmp}/.cache}/synod/tools}

fail() {
  echo "tools.sh: $*" >&2
  exit 1
}

package_of() {
  case $1 in
    promtool | prometheus) echo prometheus ;;
    kubectl) echo kubernetes-client ;;
    *) fail "unknown tool: $1 (known: promtool, prometheus, kubectl, etcd, buf)" ;;
  esac
}

# Downloads with the machine's package lists; if those are missing or old, with fresh lists.
download() {
  apt-get -q -o APT::Sandbox::User="$(id -un)" download "$1" >log 2>&1 && return
  mkdir -p lists/partial archives/partial
  set -- "$1" -q -o APT::Sandbox::User="$(id -un)" -o Dir::State::lists="$PWD/lists" \
    -o Dir::Cache="$PWD" -o Debug::NoLocking=1
  package=$1
  shift
  apt-get "$@" update >>log 2>&1 && apt-get "$@" download "$package" >>log 2>&1 && return
  cat log >&2
  fail "cannot download the Debian package $package"
}

fetch() {
  package=$(package_of "$1")
  command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
    fail "$1 is not on PATH, and there is no apt-get to download it: install it"
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && download "$package" && dpkg -x "$package"_*.deb tree)
  [ -x "$work/tree/usr/bin/$1" ] || fail "the Debian package $package holds no $1"
  mkdir -p "$cache/bin"
  # Renames the file into place, so that concurrent downloads cannot leave a partial one.
  mv -f "$work/tree/usr/bin/$1" "$cache/bin/$1"
  rm -rf "$work"
  trap - EXIT
}

fetch_buf() {
  command -v npm >/dev/null || fail "npm is not on PATH, and is needed to install buf: install Node"
  mkdir -p "$cache/bin"
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  cp "$here/buf/package.json" "$here/buf/package-lock.json" "$here/buf/.npmrc" "$work"
  (cd "$work" && npm ci --no-progress --loglevel=error) >&2 || fail "npm ci failed; see above"
  # npm installs the package of this machine's platform only.
  mv -f "$work"/node_modules/@bufbuild/buf-*/bin/buf "$1"
  rm -rf "$work"
  trap - EXIT
}

build_etcd() {
  command -v go >/dev/null || fail "there is no go to build etcd with: please install Go 1.26"
  echo "tools.sh: building etcd, which takes a minute or two the first time" >&2
  mkdir -p "$cache/bin"
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  # As etcd's own releases are built: without C, and with Go's resolver of names.
  (cd "$here/etcd" && GOWORK=off CGO_ENABLED=0 go build -mod=readonly -trimpath -buildvcs=false \
    -o "$work/etcd" .) >&2 || fail "go build failed; see above"
  mv -f "$work/etcd" "$1"
  rm -rf "$work"
  trap - EXIT
}

# A name that changes with these files of a folder beside this script.
pinned() {
  folder=$1
  shift
  echo "$cache/bin/$folder-$(cd "$here/$folder" && cat "$@" | cksum | cut -d' ' -f1)"
}

[ $# -gt 0 ] || fail "usage: tools.sh TOOL..."
for tool in "$@"; do
  case $tool in
    buf)
      found=$(pinned buf package-lock.json)
      [ -x "$found" ] || fetch_buf "$found"
      ;;
    etcd)
      found=$(pinned etcd main.go go.mod go.sum)
      [ -x "$found" ] || build_etcd "$found"
      ;;
    *)
      package_of "$tool" >/dev/null
      if ! found=$(command -v "$tool"); then
        found=$cache/bin/$tool
        [ -x "$found" ] || fetch "$tool"
      fi
      ;;
  esac
  echo "$found"
done
