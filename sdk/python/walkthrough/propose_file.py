"""Proposes every line of a file to a sidecar, each exactly once, many at a time.

    $(sdk/python/setup.sh) sdk/python/walkthrough/propose_file.py --sidecar 127.0.0.1:7401 FILE

Each proposal carries a session and a sequence of that session. If it fails (the sidecar is killed,
there is no quorum, the outcome is unknown), it is sent again with the SAME sequence until it has an
index, so a line is never lost and never in the log twice.

With many proposals in flight, lines reach the log in another order than in the file. So each
command begins with the number of its line, and a program that rebuilds the file sorts by it. The
order of the log is the same on every sidecar. After the last line, one more command has the number
of lines and the SHA-256 of the file.
"""

import argparse
import asyncio
import hashlib
import json
import os
import random
import signal
import sys
import threading
import time

import grpc

import calls
from synod.v1 import log_pb2, log_pb2_grpc, sessions_pb2, sessions_pb2_grpc

LINE = "synod.walkthrough/line"
END = "synod.walkthrough/end"

# After these errors the same sequence may, and must, be sent again.
AGAIN = {
    "NO_QUORUM", "NO_LEADER", "TOO_SLOW", "NOT_FORMED", "SHUTTING_DOWN",
    "OVERLOADED", "SEQUENCE_AHEAD", "OUTCOME_UNKNOWN",
}
# Codes of gRPC itself if a connection breaks or the deadline passes: the outcome is unknown.
BROKEN = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
}

CALL_SECONDS = 5.0
PAUSE_SECONDS_MAX = 1.0


class GaveUp(Exception):
    """No answer came for too long, or sending again cannot succeed."""


class Sequences:
    """Assigns sequences, and tracks below which all were answered."""

    def __init__(self, ahead_max: int):
        self.acked_below = 1
        self._next = 1
        self._ahead_max = ahead_max
        self._answered = set()
        self._advanced = asyncio.Condition()

    def take(self) -> int:
        taken = self._next
        self._next += 1
        return taken

    async def wait_turn(self, sequence: int):
        """Waits while the session already has its maximum of unacknowledged answers."""
        if sequence - self.acked_below >= self._ahead_max:
            async with self._advanced:
                await self._advanced.wait_for(
                    lambda: sequence - self.acked_below < self._ahead_max
                )

    async def answered(self, sequence: int):
        self._answered.add(sequence)
        if sequence == self.acked_below:
            while self.acked_below in self._answered:
                self._answered.remove(self.acked_below)
                self.acked_below += 1
            async with self._advanced:
                self._advanced.notify_all()


class Proposer:
    """Proposes commands under one session."""

    def __init__(self, channel: grpc.aio.Channel, patience_seconds: float):
        self._log = log_pb2_grpc.LogStub(channel)
        self._sessions = sessions_pb2_grpc.SessionsStub(channel)
        self._patience_seconds = patience_seconds
        self._heard = time.monotonic()
        self.session_id = ""
        self.sequences = None
        self.indexes = set()
        self.first_index = 0
        self.repeated = 0
        self.deduplicated = 0

    async def open(self):
        request = sessions_pb2.OpenSessionRequest(display_name="propose_file.py")
        opened = await self._until_answered(self._sessions.OpenSession, request)
        self.session_id = opened.session_id
        self.sequences = Sequences(opened.max_unacknowledged)
        self.first_index = opened.info.applied_index + 1

    async def close(self):
        request = sessions_pb2.CloseSessionRequest(session_id=self.session_id)
        await self._until_answered(self._sessions.CloseSession, request, {"SESSION_UNKNOWN"})

    async def propose(self, command: bytes, content_type: str):
        """Returns once the command is in the log."""
        sequence = self.sequences.take()
        await self.sequences.wait_turn(sequence)
        request = log_pb2.ProposeRequest(command=command, content_type=content_type)
        request.session_sequence.session_id = self.session_id
        request.session_sequence.sequence = sequence
        request.session_sequence.acked_below = self.sequences.acked_below
        answer = await self._until_answered(self._log.Propose, request)
        if answer.index in self.indexes:
            raise GaveUp(f"two lines were given the same index {answer.index}")
        self.indexes.add(answer.index)
        self.deduplicated += answer.deduplicated
        await self.sequences.answered(sequence)

    async def _until_answered(self, method, request, done=frozenset()):
        pause = 0.02
        while True:
            try:
                answer = await method(request, timeout=CALL_SECONDS)
                self._heard = time.monotonic()
                return answer
            except grpc.aio.AioRpcError as error:
                if calls.reason(error) in done:
                    return None
                pause = self._pause_after(error, pause)
            # Randomly, so that proposals that failed together are not retried together.
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            self.repeated += 1

    def _pause_after(self, error: grpc.aio.AioRpcError, last: float) -> float:
        word = calls.reason(error)
        if word not in AGAIN and (word or error.code() not in BROKEN):
            raise GaveUp(calls.told(error))
        if time.monotonic() - self._heard > self._patience_seconds:
            raise GaveUp(f"no answer for {self._patience_seconds:g} s; last {calls.told(error)}")
        retry = calls.details(error).get("google.rpc.RetryInfo")
        asked = retry.retry_delay.ToTimedelta().total_seconds() if retry is not None else 0.0
        return min(PAUSE_SECONDS_MAX, max(asked, last * 2))


class Pace:
    """Limits the lines per second, until Enter is pressed."""

    def __init__(self, rate: float):
        self._rate = rate
        self._began = time.monotonic()
        if rate and sys.stdin is not None:
            # As a background job, reading the terminal must not stop the process.
            signal.signal(signal.SIGTTIN, signal.SIG_IGN)
            threading.Thread(target=self._lift, daemon=True).start()

    def _lift(self):
        # Not through sys.stdin, whose lock would still be held at exit.
        try:
            if os.read(0, 1):
                self._rate = 0.0
        except OSError:
            pass

    async def wait_turn(self, number: int):
        while (rate := self._rate) > 0:
            early = number / rate - (time.monotonic() - self._began)
            if early <= 0:
                break
            await asyncio.sleep(min(early, 0.2))


async def propose_all(proposer: Proposer, lines: list, in_flight: int, rate: float):
    """Keeps `in_flight` proposals in flight until every line has its index."""
    numbered = enumerate(lines, start=1)
    pace = Pace(rate)

    async def work():
        for number, line in numbered:
            await pace.wait_turn(number)
            await proposer.propose(b"%d\t%s" % (number, line), LINE)

    workers = [asyncio.create_task(work()) for _ in range(in_flight)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()


async def show_progress(proposer: Proposer, total: int, seconds: float):
    before = 0
    while True:
        await asyncio.sleep(seconds)
        now = len(proposer.indexes)
        print(
            f"{now:,} of {total:,} lines, {(now - before) / seconds:,.0f} lines/s, "
            f"{proposer.repeated:,} sent again",
            file=sys.stderr,
            flush=True,
        )
        before = now


async def run(options) -> dict:
    with open(options.file, "rb") as file:
        content = file.read()
    lines = content.splitlines(keepends=True)
    digest = hashlib.sha256(content).hexdigest()
    async with grpc.aio.insecure_channel(options.sidecar, calls.CHANNEL_OPTIONS) as channel:
        proposer = Proposer(channel, options.patience)
        await proposer.open()
        print(
            f"session {proposer.session_id}; to rebuild the file, watch from index "
            f"{proposer.first_index}",
            file=sys.stderr,
            flush=True,
        )
        progress = asyncio.create_task(show_progress(proposer, len(lines), options.progress))
        began = time.monotonic()
        try:
            await propose_all(proposer, lines, options.in_flight, options.rate)
            seconds = time.monotonic() - began
            end = json.dumps({"lines": len(lines), "sha256": digest})
            await proposer.propose(end.encode(), END)
            await proposer.close()
        finally:
            progress.cancel()
    return {
        "session": proposer.session_id,
        "lines": len(lines),
        "indexes": len(proposer.indexes) - 1,
        "lastIndex": max(proposer.indexes),
        "sentAgain": proposer.repeated,
        "deduplicated": proposer.deduplicated,
        "seconds": round(seconds, 3),
        "linesPerSecond": round(len(lines) / seconds) if seconds > 0 else 0,
        "fileSha256": digest,
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Proposes every line of a file to a sidecar, each exactly once.",
        epilog="The last line of the output is JSON.",
    )
    parser.add_argument("file")
    parser.add_argument("--sidecar", default="127.0.0.1:7401", metavar="HOST:PORT")
    parser.add_argument("--in-flight", type=int, default=256, metavar="N")
    parser.add_argument(
        "--rate",
        type=float,
        default=0.0,
        metavar="N",
        help="propose at most N lines a second, to have time to kill sidecars; "
        "press Enter to continue at full speed",
    )
    parser.add_argument("--progress", type=float, default=2.0, metavar="SECONDS")
    parser.add_argument(
        "--patience",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="give up if no answer comes for so long",
    )
    options = parser.parse_args()
    if options.in_flight < 1 or options.progress <= 0 or options.patience <= 0:
        parser.error("--in-flight, --progress and --patience must be above 0")
    if options.rate < 0:
        parser.error("--rate must not be below 0")
    try:
        print(json.dumps(asyncio.run(run(options))), flush=True)
        return 0
    except (GaveUp, OSError) as error:
        print(f"propose_file.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
