"""Reads the log of one sidecar from its beginning, and prints a digest of all commands.

    $(sdk/python/setup.sh) sdk/python/walkthrough/read_log.py --sidecar 127.0.0.1:7421 --level LOCAL

Two sidecars with equal digests have the same commands at the same indexes. The digest is the
SHA-256 of all commands in the order of the log, each as its index (8 bytes, big-endian), its length
(4 bytes) and its bytes.
"""

import argparse
import hashlib
import json
import struct
import sys

import grpc

import calls
from synod.v1 import common_pb2, log_pb2, log_pb2_grpc

LEVELS = {
    "STRONG": common_pb2.READ_LEVEL_STRONG,
    "SESSION": common_pb2.READ_LEVEL_SESSION,
    "LOCAL": common_pb2.READ_LEVEL_LOCAL,
}


class Unordered(Exception):
    """A page of the log was not in order."""


def read(log: log_pb2_grpc.LogStub, options) -> dict:
    digest = hashlib.sha256()
    count, first, last, start = 0, 0, 0, options.start
    while True:
        request = log_pb2.ReadRequest(start_index=start, page_size=options.page_size)
        request.options.level = LEVELS[options.level]
        page = log.Read(request, timeout=options.timeout, wait_for_ready=True)
        through = options.through or page.info.applied_index
        for entry in page.entries:
            if entry.index > through:
                break
            if entry.index <= last:
                raise Unordered(f"index {entry.index} follows {last}")
            digest.update(struct.pack(">QI", entry.index, len(entry.command)))
            digest.update(entry.command)
            count, first, last = count + 1, first or entry.index, entry.index
        if page.next_index > through or page.next_index > page.info.applied_index:
            return {
                "node": page.info.node_id,
                "level": common_pb2.ReadLevel.Name(page.info.effective_level),
                "commands": count,
                "firstIndex": first,
                "lastIndex": last,
                "appliedIndex": page.info.applied_index,
                "digest": digest.hexdigest(),
            }
        if page.next_index <= start:
            raise Unordered(f"the page after index {start} is at {page.next_index}")
        start = page.next_index


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Reads the log of one sidecar and prints its digest, as one line of JSON."
    )
    parser.add_argument("--sidecar", default="127.0.0.1:7401", metavar="HOST:PORT")
    parser.add_argument("--level", choices=sorted(LEVELS), default="STRONG")
    parser.add_argument("--start", type=int, default=0, metavar="INDEX")
    parser.add_argument("--through", type=int, default=0, metavar="INDEX")
    parser.add_argument("--page-size", type=int, default=10_000, metavar="N")
    parser.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS")
    options = parser.parse_args()
    try:
        with grpc.insecure_channel(options.sidecar, calls.CHANNEL_OPTIONS) as channel:
            print(json.dumps(read(log_pb2_grpc.LogStub(channel), options)), flush=True)
        return 0
    except grpc.RpcError as error:
        print(f"read_log.py: {calls.told(error)}", file=sys.stderr)
        return 1
    except Unordered as error:
        print(f"read_log.py: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
