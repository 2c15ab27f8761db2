"""The state machine of the ledger: a function of the commands, and of nothing else.

It reads no clock, no file and no random number, and iterates over nothing without a defined order.
So all copies that applied the same commands have the same bytes, and the same digest.

A command is one line of ASCII:

    open TELLER NUMBER ACCOUNT LIMIT
    transfer TELLER NUMBER FROM TO AMOUNT [MEMO]

Each teller numbers its commands from 1. Any other command is counted as malformed: no command may
stop a copy, since it would stop all copies, and again after every restart.
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
    """An invariant of the ledger is violated: this copy must stop."""


class Ledger:
    """Accounts in double entry: the sum of all balances is always zero."""

    def __init__(self):
        # By name: [balance, lowest permitted balance].
        self.accounts = {}
        # By teller: [all numbers up to this one were seen, further numbers that were seen].
        self.tellers = {}
        # By outcome: how many commands had it.
        self.outcomes = {}
        # A hash chain over all outcomes and their indexes, so that refusals change the digest too.
        self.history = "0" * 64
        # The index of the last command.
        self.last = 0

    def apply(self, index: int, command: bytes) -> str:
        """Applies one command. Returns its outcome: opened, moved, or why it was refused."""
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
        """Whether this command of this teller was applied, with any outcome."""
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
        """Checks the invariants, which hold after every command."""
        if sum(balance for balance, _ in self.accounts.values()) != 0:
            raise Broken(f"after index {self.last} the balances do not sum to zero")
        for name, (balance, limit) in self.accounts.items():
            if balance < limit:
                raise Broken(f"after index {self.last} {name} has {balance}, below {limit}")

    def encode(self) -> bytes:
        """The encoded state; equal states have equal bytes."""
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
