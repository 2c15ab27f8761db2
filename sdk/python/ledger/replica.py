"""One copy of the ledger, beside one sidecar: it applies the log, and saves and restores its state.

Two threads share it. Only `follow` applies entries of the log. `keep` saves the state, and only
then acknowledges it, so that applying never waits for the disk or for a quorum.
"""

import hashlib
import json
import pathlib
import sys
import threading
import time

import grpc

import calls
import disk
from ledger import CONTENT_TYPE, FORMAT, Broken, Ledger
from synod.v1 import log_pb2, log_pb2_grpc

CONSUMER = "ledger"
# A command that asks every copy for a snapshot; the copies communicate only through the log.
WANTED = "synod.ledger/snapshot-wanted"

PROGRESS_MILLIS = 100
CALL_SECONDS = 5.0
PAUSE_SECONDS = 0.1
CHUNK_BYTES = 64 << 10
OUTCOMES = 1_000


def tell(what: str):
    print(what, file=sys.stderr, flush=True)


class Complaint:
    """Prints an error once, and again only after it has changed or was settled."""

    def __init__(self):
        self._last = ""

    def tell(self, what: str):
        if what != self._last:
            self._last = what
            tell(what)

    def settled(self):
        self._last = ""


class Gap(Exception):
    """The watch began after the entries that this copy needs next."""

    def __init__(self, started: log_pb2.WatchStarted):
        super().__init__(f"the log begins at index {started.start_index}")
        self.started = started


class Replica:
    """One copy of the ledger. Its methods may be called from any thread."""

    def __init__(self, channel: grpc.Channel, folder: pathlib.Path, step: int, snapshots: int):
        self._log = log_pb2_grpc.LogStub(channel)
        self._file = folder / "state"
        # Acknowledges multiples of this, so that all copies report digests for the same indexes.
        self._step = step
        self._snapshots = snapshots
        self._changed = threading.Condition()
        self.stopped = False
        self.restored = 0
        self.handed_over = 0
        # Everything up to this index is applied.
        self.index = 0
        self.ledger = Ledger()
        # The newest multiple of the step that was passed, and the digest at that index.
        self._mark, self._mark_digest = 0, b""
        self._acknowledged = 0
        self._barriers = 0
        self._snapshot_index = 0
        self._snapshot_wanted = False
        self._save_wanted = False
        self._saved = 0
        self._outcomes = {}
        self._load()

    def _load(self):
        saved = disk.load(self._file)
        if saved is None:
            tell("there is no state here: it is to come from the log or from a snapshot")
            return
        head, state = saved.split(b"\n", 1)
        self.index = json.loads(head)["index"]
        self.ledger = Ledger.decode(state)
        self._snapshot_index = self.index
        tell(f"begins at index {self.index}, from its own file")

    def stop(self):
        with self._changed:
            self.stopped = True
            self._changed.notify_all()

    # --- The log.

    def follow(self):
        """Applies the log until stopped."""
        place, complaint = log_pb2.WatchRequest(consumer=CONSUMER), Complaint()
        while not self.stopped:
            try:
                self._watch(place)
                continue
            except Gap as gap:
                place = self._place(gap.started.oldest_index)
                continue
            except grpc.RpcError as error:
                place = log_pb2.WatchRequest(consumer=CONSUMER)
                if calls.reason(error) == "COMPACTED":
                    compaction = calls.details(error)["synod.v1.CompactionInfo"]
                    place = self._place(compaction.oldest_index)
                    continue
                complaint.tell(f"the watch broke at index {self.index}: {calls.told(error)}")
            time.sleep(PAUSE_SECONDS)

    def _watch(self, place: log_pb2.WatchRequest):
        request = log_pb2.WatchRequest()
        request.CopyFrom(place)
        request.progress_interval.FromMilliseconds(PROGRESS_MILLIS)
        for message in self._log.Watch(request):
            event = message.WhichOneof("event")
            if event == "started" and message.started.start_index > self.index + 1:
                raise Gap(message.started)
            if event == "batch":
                self._apply(message.batch.entries)
            elif event == "progress":
                self._reach(message.progress.index)
            if self.stopped:
                return

    def _apply(self, entries):
        with self._changed:
            for entry in entries:
                # A watch resumes after the acknowledged index; the saved state may be newer.
                if entry.index <= self.index:
                    continue
                self._pass_mark(entry.index - 1)
                if entry.content_type == CONTENT_TYPE:
                    self._remember(entry.index, self.ledger.apply(entry.index, entry.command))
                elif entry.content_type == WANTED:
                    self._snapshot_wanted = True
                self.index = entry.index
            self._changed.notify_all()

    # For callers that wait in this process; not part of the state.
    def _remember(self, index: int, outcome: str):
        self._outcomes[index] = outcome
        if len(self._outcomes) > OUTCOMES:
            del self._outcomes[next(iter(self._outcomes))]

    def _reach(self, index: int):
        with self._changed:
            if index > self.index:
                self._pass_mark(index)
                self.index = index
                self._changed.notify_all()

    # Nothing is applied between self.index and `index`, so this state is the state at the mark.
    def _pass_mark(self, index: int):
        mark = index // self._step * self._step
        if mark >= self.index and mark > self._mark:
            self._mark, self._mark_digest = mark, self.ledger.digest()

    # --- Restoring the state.

    def _place(self, oldest: int) -> log_pb2.WatchRequest:
        """The watch to begin next, if the log does not continue where this copy is."""
        tell(f"at index {self.index}, and the log is kept from {oldest}")
        if self.index == 0 or oldest > self.index + 1:
            self._restore(max(oldest - 1, self.index + 1))
        if oldest > self.index + 1:
            tell(f"there is no snapshot of index {oldest - 1} or later: asking the other copies")
            self._want_snapshot()
            time.sleep(PAUSE_SECONDS)
            return log_pb2.WatchRequest(consumer=CONSUMER)
        # Not by consumer name: its acknowledged index may be trimmed, or ahead of this copy.
        return log_pb2.WatchRequest(start_index=self.index + 1)

    def _restore(self, needed: int):
        """Installs the newest snapshot, if it is new enough."""
        snapshot, state = self._fetch(needed)
        if snapshot is None:
            return
        if snapshot.format != FORMAT:
            raise Broken(f"a snapshot of format {snapshot.format!r}")
        restored = Ledger.decode(state)
        with self._changed:
            self.index, self.ledger = snapshot.index, restored
            self._snapshot_index = snapshot.index
            self._save_wanted = True
            self.restored += 1
            self._changed.notify_all()
        tell(
            f"restored at index {snapshot.index}, from a snapshot of {snapshot.size_bytes} bytes"
            f" that node {snapshot.node_id} took over"
        )

    def _fetch(self, needed: int):
        """Downloads a snapshot. A broken transfer is resumed, at any node that has the snapshot."""
        snapshot, received = None, b""
        while not self.stopped:
            request = log_pb2.GetSnapshotRequest(consumer=CONSUMER, min_index=needed)
            if snapshot is not None:
                request.sha256, request.offset = snapshot.sha256, len(received)
            try:
                for message in self._log.GetSnapshot(request, timeout=CALL_SECONDS):
                    if message.WhichOneof("part") == "chunk":
                        received += message.chunk
                    elif snapshot is None or message.snapshot.sha256 != snapshot.sha256:
                        snapshot, received = message.snapshot, b""
            except grpc.RpcError as error:
                if calls.reason(error) in ("NO_SNAPSHOT", "CONSUMER_UNKNOWN"):
                    if snapshot is None:
                        return None, b""
                    # That snapshot was removed meanwhile; there may be a newer one.
                    snapshot, received = None, b""
                time.sleep(PAUSE_SECONDS)
                continue
            if snapshot is not None and hashlib.sha256(received).digest() == snapshot.sha256:
                return snapshot, received
            tell("a snapshot did not have its digest")
            snapshot, received = None, b""
        return None, b""

    def _want_snapshot(self):
        # A repeated request does no harm, so no session is needed.
        request = log_pb2.ProposeRequest(content_type=WANTED)
        try:
            self._log.Propose(request, timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            tell(f"cannot ask for a snapshot: {calls.told(error)}")

    # --- Saving the state.

    def keep(self):
        """Saves, acknowledges and uploads snapshots until stopped."""
        complaint = Complaint()
        while not self.stopped:
            with self._changed:
                self._changed.wait_for(lambda: self.stopped or self._is_due(), timeout=1.0)
                if not self._is_due():
                    continue
                index, mark, mark_digest = self.index, self._mark, self._mark_digest
                state = self.ledger.encode()
                hand_over = self._is_snapshot_due()
                asked = self._barriers > 0
                self._save_wanted = False
            self._save(index, state)
            try:
                if mark > self._acknowledged:
                    self._acknowledge(mark, mark_digest)
                if asked and index > self._acknowledged:
                    self._acknowledge(index, hashlib.sha256(state).digest())
                if hand_over:
                    self._hand_over(index, state)
                complaint.settled()
            except grpc.RpcError as error:
                complaint.tell(f"cannot acknowledge or hand over: {calls.told(error)}")
                time.sleep(PAUSE_SECONDS)

    def _is_due(self) -> bool:
        asked = self._barriers > 0 and self.index > self._acknowledged
        behind = self._mark > self._acknowledged or asked
        return behind or self._save_wanted or self._is_snapshot_due()

    def _is_snapshot_due(self) -> bool:
        return self._snapshot_wanted or self.index - self._snapshot_index >= self._snapshots

    def _save(self, index: int, state: bytes):
        if index != self._saved:
            disk.save(self._file, json.dumps({"index": index}).encode() + b"\n" + state)
            self._saved = index

    def _acknowledge(self, index: int, digest: bytes):
        request = log_pb2.AckAppliedRequest(consumer=CONSUMER, index=index, state_digest=digest)
        self._log.AckApplied(request, timeout=CALL_SECONDS)
        self._acknowledged = index

    def _hand_over(self, index: int, state: bytes):
        header = log_pb2.PutSnapshotRequest.Header(consumer=CONSUMER)
        header.snapshot.index = index
        header.snapshot.format = FORMAT
        header.snapshot.size_bytes = len(state)
        header.snapshot.sha256 = hashlib.sha256(state).digest()
        parts = [log_pb2.PutSnapshotRequest(header=header)]
        for begin in range(0, len(state), CHUNK_BYTES):
            chunk = state[begin : begin + CHUNK_BYTES]
            parts.append(log_pb2.PutSnapshotRequest(chunk=chunk))
        answer = self._log.PutSnapshot(iter(parts), timeout=CALL_SECONDS)
        with self._changed:
            self._snapshot_index = index
            self._snapshot_wanted = False
            self.handed_over += 1
        tell(f"handed over index {index}; the log below {answer.trimmable_below} is not needed")

    # --- Queries.

    def barrier(self, seconds: float):
        """Returns once the state has everything that was acknowledged to any client before.

        Raises grpc.RpcError if that index is not known, and TimeoutError if it takes too long.
        """
        until = time.monotonic() + seconds
        with self._changed:
            # During a barrier every index is acknowledged, and not only multiples of the step.
            self._barriers += 1
            self._changed.notify_all()
        try:
            request = log_pb2.BarrierRequest(consumer=CONSUMER)
            index = self._log.Barrier(request, timeout=seconds).index
        finally:
            with self._changed:
                self._barriers -= 1
        self.wait(index, until - time.monotonic())

    def wait(self, index: int, seconds: float):
        with self._changed:
            if not self._changed.wait_for(lambda: self.stopped or self.index >= index, seconds):
                raise TimeoutError(f"index {index} was not reached in time")

    def saw(self, teller: str, number: int) -> bool:
        with self._changed:
            return self.ledger.saw(teller, number)

    def outcome(self, index: int) -> str:
        """The outcome of the command at this index; empty if it is not remembered here."""
        with self._changed:
            return self._outcomes.get(index, "")

    def show(self) -> dict:
        """The state at one moment, as a dictionary."""
        with self._changed:
            return {
                "index": self.index,
                "last": self.ledger.last,
                "digest": self.ledger.digest().hex(),
                "restored": self.restored,
                "handedOver": self.handed_over,
                **json.loads(self.ledger.encode()),
            }
