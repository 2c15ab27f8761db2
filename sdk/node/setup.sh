#!/bin/sh
# Installs what the programs run with, by package-lock.json, and prints the path of Node.
#
#   $(sdk/node/setup.sh) sdk/node/walkthrough/watch_file.js --help
#
# There is no generated code: the stubs are made from proto/ when the program starts.
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
# Two who come at once: the second waits, and finds the work done.
exec 9>"$target/.lock"
if command -v flock >/dev/null; then flock 9; fi

made="$("$node" --version) $(cat "$here/package.json" "$here/package-lock.json" | cksum)"
if [ "$(cat "$target/made" 2>/dev/null || true)" != "$made" ] || [ ! -d "$here/node_modules" ]; then
  rm -f "$target/made"
  (cd "$here" && npm ci --no-progress --loglevel=error) >&2 || fail "npm ci failed; see above"
  echo "$made" >"$target/made"
fi
echo "$node"
