#!/bin/sh
# Finds a text of at least 100,000 lines for the walkthroughs, and prints its path.
#
# The text is the word list of Debian's package wamerican. If the package is not installed, apt-get
# downloads it, and it is unpacked under sdk/target, which needs no root. If the download fails and
# this runs as root, the package is installed.
set -eu

package=wamerican
list=usr/share/dict/american-english
lines_min=100000
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
target=$here/target/text

fail() {
  echo "text.sh: $*" >&2
  exit 1
}

is_large() {
  [ -f "$1" ] && [ "$(wc -l <"$1")" -ge "$lines_min" ]
}

found() {
  echo "$1"
  exit 0
}

# Downloads with the machine's package lists; if those are missing or old, with fresh lists.
download() {
  apt-get -q -o APT::Sandbox::User="$(id -un)" download "$package" >log 2>&1 && return
  mkdir -p lists/partial archives/partial
  set -- -q -o APT::Sandbox::User="$(id -un)" -o Dir::State::lists="$PWD/lists" \
    -o Dir::Cache="$PWD" -o Debug::NoLocking=1
  apt-get "$@" update >>log 2>&1 && apt-get "$@" download "$package" >>log 2>&1
}

install_as_root() {
  [ "$(id -u)" -eq 0 ] || return 1
  { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install "$package"; } >>log 2>&1
}

if is_large "/$list"; then found "/$list"; fi
if is_large "$target/$list"; then found "$target/$list"; fi
command -v apt-get >/dev/null && command -v dpkg >/dev/null ||
  fail "there is no /$list of $lines_min lines, and no apt-get to fetch Debian's $package with"

mkdir -p "$target"
work=$(mktemp -d "$target/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
if download; then
  dpkg -x "$package"_*.deb tree
  # Renames the file into place, so that concurrent downloads cannot leave a partial one.
  mkdir -p "$(dirname "$target/$list")"
  mv -f "tree/$list" "$target/$list"
  if is_large "$target/$list"; then found "$target/$list"; fi
elif install_as_root; then
  if is_large "/$list"; then found "/$list"; fi
else
  cat log >&2
  fail "cannot download or install the Debian package $package"
fi
fail "Debian's $package holds fewer than $lines_min lines here"
