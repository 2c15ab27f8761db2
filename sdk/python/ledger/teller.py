"""Proposes commands, each exactly once, even if this process or a sidecar crashes.

Commands are first saved in a file, with the session and the sequences to propose them under. Then
they are sent with these, to one sidecar after the other, until all are answered. A process that was
killed continues with the commands in its file. So each command is in the log once, even if answers
are lost.

If the session has ended meanwhile, the cluster does not remember which of its commands were
executed. Then the ledger itself is asked, once no command of that session can reach the log any
more.
"""

import collections
import json
import pathlib
import random
import secrets
import threading
import time

import grpc

import calls
import disk
from ledger import CONTENT_TYPE
from replica import Complaint, Replica, tell
from synod.v1 import log_pb2, log_pb2_grpc, sessions_pb2, sessions_pb2_grpc

BATCH = 32
CALL_SECONDS = 5.0
PAUSE_SECONDS_MAX = 1.0
# After these errors, which are bugs of this program, sending again does not help.
HOPELESS = {"INVALID_REQUEST", "COMMAND_TOO_LARGE", "SEQUENCE_REUSED", "SEQUENCE_FORGOTTEN"}


class Sidecars:
    """All sidecars, this copy's own first. Each accepts proposals of any session."""

    def __init__(self, channels: list):
        self._logs = [log_pb2_grpc.LogStub(channel) for channel in channels]
        self._sessions = [sessions_pb2_grpc.SessionsStub(channel) for channel in channels]
        self._at = 0

    def log(self) -> log_pb2_grpc.LogStub:
        return self._logs[self._at]

    def sessions(self) -> sessions_pb2_grpc.SessionsStub:
        return self._sessions[self._at]

    def turn(self):
        """Changes to the next sidecar, after this one failed."""
        self._at = (self._at + 1) % len(self._logs)


class Teller:
    """`run` needs a thread, and `keep_session` another; any thread may call the other methods."""

    def __init__(self, replica: Replica, channels: list, folder: pathlib.Path, options):
        self._replica = replica
        self._sidecars = Sidecars(channels)
        self._keepers = Sidecars(channels)
        self._file = folder / "outbox"
        self._ttl_seconds = options.session_ttl
        self._node = options.name
        self._changed = threading.Condition()
        self._asked = collections.deque()
        self._waiting = {}
        self._indexes = {}
        self.rate = options.rate
        self._memo_bytes = options.memo_bytes
        self._random = random.Random(f"{options.seed} {options.name}")
        self._next_order = time.monotonic()
        self.counts = {"answered": 0, "sentAgain": 0, "deduplicated": 0, "reopened": 0}
        # The durable part: the teller's name, the session, and the commands proposed under it.
        self._session, self._sequence, self._number, self._batch = "", 1, 1, []
        self._load()

    def _load(self):
        saved = disk.load(self._file)
        if saved is None:
            # A new name, since it is not known which numbers the lost file had used.
            self.name = f"{self._node}.{secrets.token_hex(4)}"
            return
        box = json.loads(saved)
        self.name, self._session = box["teller"], box["session"]
        self._sequence, self._number, self._batch = box["sequence"], box["number"], box["batch"]
        tell(f"teller {self.name} has {len(self._batch)} commands to see through")

    def _save(self):
        box = {
            "teller": self.name,
            "session": self._session,
            "sequence": self._sequence,
            "number": self._number,
            "batch": self._batch,
        }
        disk.save(self._file, json.dumps(box).encode())

    # --- What to propose.

    def run(self, accounts: dict):
        """Proposes requested commands, and its own standing orders, until stopped."""
        if self._number == 1:
            for account, limit in accounts.items():
                self.ask("open", f"{account} {limit}")
        self._settle()
        while not self._replica.stopped:
            if self._take(list(accounts)):
                self._save()
                self._settle()

    def ask(self, verb: str, rest: str, done=lambda index: None):
        """Proposes this soon; calls `done` once it is in the log, with its index or 0."""
        with self._changed:
            self._asked.append((verb, rest, done))
            self._changed.notify_all()

    def set_rate(self, rate: float):
        with self._changed:
            self.rate = rate
            self._next_order = time.monotonic()
            self._changed.notify_all()

    def _take(self, accounts: list) -> bool:
        """Makes a batch of the due commands, in one step, so that `show` counts each command."""
        with self._changed:
            early = self._next_order - time.monotonic() if self.rate > 0 else 1.0
            if not self._asked and early > 0:
                self._changed.wait(min(early, 0.1))
            while self._asked and len(self._batch) < BATCH:
                self._put(*self._asked.popleft())
            while self.rate > 0 and len(self._batch) < BATCH:
                if time.monotonic() < self._next_order:
                    break
                self._put("transfer", self._standing(accounts), lambda index: None)
                self._next_order += 1 / self.rate
            # Orders that were missed during an outage are not made up for.
            self._next_order = max(self._next_order, time.monotonic() - 1.0)
            return bool(self._batch)

    def _put(self, verb: str, rest: str, done):
        self._batch.append([self._number, f"{verb} {self.name} {self._number} {rest}"])
        self._waiting[self._number] = done
        self._number += 1

    def _standing(self, accounts: list) -> str:
        """A random transfer. Some are refused: their amount or their account is wrong."""
        source, target = self._random.choices([*accounts, "nobody"], [9, *[2] * len(accounts)], k=2)
        return f"{source} {target} {self._random.randint(1, 300)} {'-' * self._memo_bytes}"

    # --- Sending the batch.

    def _settle(self):
        """Returns once everything in the batch is in the log."""
        open_places = set(range(len(self._batch)))
        pause = 0.02
        while open_places and not self._replica.stopped:
            if not self._session:
                self._open_session()
                continue
            error = self._send(open_places)
            if error is None:
                continue
            if calls.reason(error) == "SESSION_UNKNOWN":
                self._reopen()
                open_places = set(range(len(self._batch)))
                continue
            if calls.reason(error) in HOPELESS:
                raise error
            self.counts["sentAgain"] += len(open_places)
            self._sidecars.turn()
            pause = self._pause(pause)
        if not self._replica.stopped:
            with self._changed:
                self._sequence += len(self._batch)
                self._batch = []
            for number, done in self._waiting.items():
                done(self._indexes.get(number, 0))
            self._waiting, self._indexes = {}, {}

    def _send(self, places: set):
        """Sends all unanswered commands at once; returns the most serious error, if any."""
        calls_under_way = []
        for place in sorted(places):
            number, line = self._batch[place]
            request = log_pb2.ProposeRequest(command=line.encode(), content_type=CONTENT_TYPE)
            request.session_sequence.session_id = self._session
            request.session_sequence.sequence = self._sequence + place
            # The previous batch was answered completely.
            request.session_sequence.acked_below = self._sequence
            future = self._sidecars.log().Propose.future(request, timeout=CALL_SECONDS)
            calls_under_way.append((place, future))
        worst = None
        for place, future in calls_under_way:
            try:
                answer = future.result()
                places.discard(place)
                self._indexes[self._batch[place][0]] = answer.index
                self.counts["answered"] += 1
                self.counts["deduplicated"] += answer.deduplicated
            except grpc.RpcError as error:
                if worst is None or calls.reason(error) in HOPELESS | {"SESSION_UNKNOWN"}:
                    worst = error
        return worst

    def _reopen(self):
        """Opens another session, and keeps only commands that the ledger has not applied."""
        tell(f"session {self._session} is gone, with {len(self._batch)} commands under way")
        self._until_answered(self._close)
        # The session is closed, so commands that the ledger has not applied never will be.
        self._until_answered(lambda: self._replica.barrier(CALL_SECONDS))
        with self._changed:
            self._batch = [
                [number, line]
                for number, line in self._batch
                if not self._replica.saw(self.name, number)
            ]
        tell(f"{len(self._batch)} of them are not in the ledger")
        self._session = ""
        self.counts["reopened"] += 1
        self._open_session()

    def _close(self):
        request = sessions_pb2.CloseSessionRequest(session_id=self._session)
        try:
            self._sidecars.sessions().CloseSession(request, timeout=CALL_SECONDS)
        except grpc.RpcError as error:
            if calls.reason(error) != "SESSION_UNKNOWN":
                raise

    def _open_session(self):
        request = sessions_pb2.OpenSessionRequest(display_name=f"ledger {self._node}")
        request.ttl.FromMilliseconds(round(self._ttl_seconds * 1_000))
        opened = self._until_answered(
            lambda: self._sidecars.sessions().OpenSession(request, timeout=CALL_SECONDS)
        )
        if opened is not None:
            with self._changed:
                self._session, self._sequence = opened.session_id, 1
                self._changed.notify_all()
            self._save()

    def _until_answered(self, call):
        pause = 0.02
        while not self._replica.stopped:
            try:
                return call()
            except (grpc.RpcError, TimeoutError) as error:
                if isinstance(error, grpc.RpcError) and calls.reason(error) in HOPELESS:
                    raise
                self._sidecars.turn()
                pause = self._pause(pause)
        return None

    def _pause(self, last: float) -> float:
        # Randomly, so that clients that failed together do not retry together.
        time.sleep(last * random.uniform(0.5, 1.0))
        return min(PAUSE_SECONDS_MAX, last * 2)

    # --- Keeping the session alive.

    def keep_session(self):
        """Keeps the session alive at one sidecar or another, until stopped."""
        complaint = Complaint()
        while not self._replica.stopped:
            broken = threading.Event()
            try:
                to_keep = self._to_keep(broken)
                for state in self._keepers.sessions().KeepSessions(to_keep):
                    complaint.settled()
                    if state.over:
                        tell(f"session {state.session_id} is over")
                    if self._replica.stopped:
                        return
            except grpc.RpcError as error:
                complaint.tell(f"the session is to be kept elsewhere: {calls.told(error)}")
            finally:
                broken.set()
            self._keepers.turn()
            time.sleep(0.1)

    def _to_keep(self, broken: threading.Event):
        kept = ""
        while not self._replica.stopped and not broken.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._session not in ("", kept), timeout=0.5)
                session = self._session
            if session not in ("", kept):
                kept = session
                yield sessions_pb2.KeepSessionRequest(session_id=session)

    def show(self) -> dict:
        with self._changed:
            return {
                "name": self.name,
                "pending": len(self._batch) + len(self._asked),
                "proposed": self._number - 1 - len(self._batch),
                "rate": self.rate,
                **self.counts,
            }
