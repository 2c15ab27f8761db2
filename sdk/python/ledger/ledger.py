"""The ledger itself: a state machine that is a function of the commands, and of nothing else.

It reads no clock, no file and no random number, and goes through nothing whose order is not
stated, so that every copy which applied the same commands has the same bytes, and the same digest.

A command is one line of ASCII:

    open TELLER NUMBER ACCOUNT LIMIT
    transfer TELLER NUMBER FROM TO AMOUNT [MEMO]

Each teller numbers its commands from 1. Whatever else comes is counted as malformed: no command may
stop a copy, for it would stop all of them, and again after every restart.
"""

import hashlib
import json
import re

FORMAT = "ledger/v1"
CONTENT_TYPE = "synod.ledger/command"

COMMAND = re.compile(
    rb"open (?P<teller>[\w.-]{1,64}) (?P<number>[1-9]\d{0,14}) (?P<account>[\w-]{1,64})"
    rb" (?P<limit>0|-[1-9]\d{0,14})"
    rb"|transfer (?P<payer>[\w.-]{1,64}) (?P<nth>[1-9]\d{0,14}) (?P<source>[\w-]{1,64})"
    rb" (?P<target>[\w-]{1,64}) (?P<amount>[1-9]\d{0,14})(?: [ -~]{0,4096})?"
)


class Broken(Exception):
    """What must always hold does not: this copy must not go on."""


class Ledger:
    """Accounts in double entry: what one gains another loses."""

    def __init__(self):
        # By name: [balance, the least it may be].
        self.accounts = {}
        # By teller: [every number up to this one was seen, those beyond it].
        self.tellers = {}
        # How often a command ended so.
        self.outcomes = {}
        # A chain over every outcome at its index, so that refusals count as much as transfers.
        self.history = "0" * 64
        # The index of the last command.
        self.last = 0

    def apply(self, index: int, command: bytes) -> str:
        """Returns how it ended: opened, moved, or why not."""
        outcome = self._outcome(command)
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        line = f"{self.history} {index} {outcome}\n".encode() + command
        self.history = hashlib.sha256(line).hexdigest()
        self.last = index
        self.check()
        return outcome

    def _outcome(self, command: bytes) -> str:
        match = COMMAND.fullmatch(command)
        if match is None:
            return "malformed"
        part = {name: text.decode() for name, text in match.groupdict().items() if text}
        if "account" in part:
            if not self._first(part["teller"], int(part["number"])):
                return "repeated"
            return self._open(part["account"], int(part["limit"]))
        if not self._first(part["payer"], int(part["nth"])):
            return "repeated"
        return self._transfer(part["source"], part["target"], int(part["amount"]))

    def _first(self, teller: str, number: int) -> bool:
        if self.saw(teller, number):
            return False
        through, beyond = self.tellers.get(teller, [0, []])
        beyond = sorted([*beyond, number])
        while beyond and beyond[0] == through + 1:
            through = beyond.pop(0)
        self.tellers[teller] = [through, beyond]
        return True

    def saw(self, teller: str, number: int) -> bool:
        """Whether this command of this teller was applied, however it ended."""
        through, beyond = self.tellers.get(teller, [0, []])
        return number <= through or number in beyond

    def _open(self, account: str, limit: int) -> str:
        if account in self.accounts:
            return "refused: exists"
        self.accounts[account] = [0, limit]
        return "opened"

    def _transfer(self, source: str, target: str, amount: int) -> str:
        if source not in self.accounts or target not in self.accounts:
            return "refused: no such account"
        if source == target:
            return "refused: one account"
        balance, limit = self.accounts[source]
        if balance - amount < limit:
            return "refused: limit"
        self.accounts[source][0] -= amount
        self.accounts[target][0] += amount
        return "moved"

    def check(self):
        """What holds after every command."""
        if sum(balance for balance, _ in self.accounts.values()) != 0:
            raise Broken(f"after index {self.last} the balances do not sum to zero")
        for name, (balance, limit) in self.accounts.items():
            if balance < limit:
                raise Broken(f"after index {self.last} {name} has {balance}, below {limit}")

    def encode(self) -> bytes:
        """The whole state; equal states have equal bytes."""
        return json.dumps(vars(self), sort_keys=True, separators=(",", ":")).encode()

    @staticmethod
    def decode(state: bytes) -> "Ledger":
        ledger = Ledger()
        fields = json.loads(state)
        if fields.keys() != vars(ledger).keys():
            raise Broken(f"this is not the state of a {FORMAT}")
        vars(ledger).update(fields)
        ledger.check()
        return ledger

    def digest(self) -> bytes:
        return hashlib.sha256(self.encode()).digest()
