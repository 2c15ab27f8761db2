#!/bin/sh
# Installs the packages of package-lock.json, and prints the path of Node.
#
#   $(sdk/node/setup.sh) sdk/node/walkthrough/watch_file.js --help
#
# There is no generated code: a program makes its stubs from proto/ when it starts.
#
#   NODE  the Node to use; otherwise the node on the PATH
set -eu

here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
target=$here/target

fail() {
  echo "setup.sh: $*" >&2
  exit 1
}

node=$(command -v "${NODE:-node}") || fail "there is no ${NODE:-node}: please install Node 18 or newer"
"$node" -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' ||
  fail "$node is $("$node" --version), and Node 18 or newer is needed"
command -v npm >/dev/null || fail "there is no npm: please install it"

mkdir -p "$target"
# Of two concurrent runs, the second waits for the first.
exec 9>"$target/.lock"
if command -v flock >/dev/null; then flock 9; fi

made="$("$node" --version) $(cat "$here/package.json" "$here/package-lock.json" | cksum)"
if [ "$(cat "$target/made" 2>/dev/null || true)" != "$made" ] || [ ! -d "$here/node_modules" ]; then
  rm -f "$target/made"
  (cd "$here" && npm ci --no-progress --loglevel=error) >&2 || fail "npm ci failed; see above"
  echo "$made" >"$target/made"
fi
echo "$node"
