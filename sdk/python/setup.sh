#!/bin/sh
# Prepares a virtual environment for the programs, and prints the path of its Python.
#
#   $(sdk/python/setup.sh) sdk/python/walkthrough/propose_file.py --help
#
# The environment is under sdk/python/target, with the packages of requirements.txt and the stubs
# that grpc_tools generates from proto/. Both are made again after a change of their sources.
#
#   PYTHON  the Python that makes the environment; otherwise the python3 on the PATH
set -eu

here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd -P)
protos=$(CDPATH='' cd -- "$here/../../proto" && pwd -P)
target=$here/target
base=${PYTHON:-python3}

fail() {
  echo "setup.sh: $*" >&2
  exit 1
}

command -v "$base" >/dev/null || fail "there is no $base: please install Python 3.10 or newer"
"$base" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
  fail "$base is $("$base" --version 2>&1), and Python 3.10 or newer is needed"
"$base" -c 'import ensurepip, venv' 2>/dev/null ||
  fail "$base has no venv or no ensurepip: please install them (Debian: python3-venv)"

mkdir -p "$target"
# Of two concurrent runs, the second waits for the first.
exec 9>"$target/.lock"
if command -v flock >/dev/null; then flock 9; fi

sources=$(cat "$here/requirements.txt" "$here/setup.sh" "$protos"/synod/v1/*.proto | cksum)
made="$("$base" --version 2>&1) $sources"
if [ "$(cat "$target/made" 2>/dev/null || true)" != "$made" ]; then
  rm -rf "$target/made" "$target/venv" "$target/stubs"
  mkdir "$target/stubs"
  {
    "$base" -m venv "$target/venv" &&
      "$target/venv/bin/python" -m pip install --quiet --no-deps --disable-pip-version-check \
        --require-hashes --only-binary=:all: --requirement "$here/requirements.txt" &&
      "$target/venv/bin/python" -m grpc_tools.protoc --proto_path="$protos" \
        --python_out="$target/stubs" --grpc_python_out="$target/stubs" "$protos"/synod/v1/*.proto
  } >&2 || fail "the set-up failed; see above"
  # Adds the stubs and the shared modules to the path of this Python.
  "$target/venv/bin/python" - "$target/stubs" "$here/shared" <<'PYTHON'
import pathlib, sys, sysconfig
pathlib.Path(sysconfig.get_path("purelib"), "synod.pth").write_text("\n".join(sys.argv[1:]) + "\n")
PYTHON
  echo "$made" >"$target/made"
fi
echo "$target/venv/bin/python"
