"""Tests of the ledger and of its files, without a sidecar."""

import pathlib
import tempfile
import unittest

import disk
from ledger import Broken, Ledger


def ledger(*commands: str) -> Ledger:
    made = Ledger()
    for index, command in enumerate(commands, start=1):
        made.apply(index, command.encode())
    return made


OPENED = ("open t 1 bank -1000", "open t 2 ann 0", "open t 3 bob -50")


class LedgerTest(unittest.TestCase):
    def test_what_one_gains_another_loses(self):
        made = ledger(*OPENED, "transfer t 4 bank ann 70", "transfer t 5 ann bob 30 a memo")
        self.assertEqual(made.accounts, {"bank": [-70, -1000], "ann": [40, 0], "bob": [30, -50]})
        self.assertEqual(made.outcomes, {"opened": 3, "moved": 2})

    def test_refuses_what_goes_below_the_limit(self):
        made = ledger(*OPENED, "transfer t 4 bob ann 50", "transfer t 5 bob ann 1")
        self.assertEqual(made.accounts["bob"], [-50, -50])
        self.assertEqual(made.outcomes["refused: limit"], 1)

    def test_refuses_unknown_accounts_and_a_transfer_to_oneself(self):
        made = ledger(*OPENED, "transfer t 4 bank eve 1", "transfer t 5 bank bank 1", OPENED[0])
        made.apply(7, b"open t 6 ann 0")
        self.assertEqual(made.outcomes["refused: no such account"], 1)
        self.assertEqual(made.outcomes["refused: one account"], 1)
        self.assertEqual(made.outcomes["refused: exists"], 1)

    def test_applies_each_number_of_a_teller_once_in_any_order(self):
        made = ledger(*OPENED)
        for number in (6, 4, 6, 5, 4):
            made.apply(10 + number, b"transfer t %d bank ann 1" % number)
        self.assertEqual(made.accounts["ann"][0], 3)
        self.assertEqual(made.outcomes["repeated"], 2)
        self.assertEqual(made.tellers, {"t": [6, []]})
        made.apply(20, b"transfer t 9 bank ann 1")
        self.assertEqual(made.tellers, {"t": [6, [9]]})
        self.assertTrue(made.saw("t", 9))
        self.assertFalse(made.saw("t", 7))

    def test_counts_what_it_does_not_understand_and_goes_on(self):
        odd = (b"", b"\xff", b"transfer t 4 a b 0", b"open t 4 x 5", b"open t 4 x 0\n", b"[" * 9999)
        made = ledger(*OPENED)
        for index, command in enumerate(odd, start=4):
            self.assertEqual(made.apply(index, command), "malformed")
        self.assertFalse(made.saw("t", 4))

    def test_equal_histories_have_equal_bytes_and_others_do_not(self):
        orders = ("transfer t 4 ann bob 1", "transfer t 5 bob ann 500")
        self.assertEqual(ledger(*OPENED, *orders).digest(), ledger(*OPENED, *orders).digest())
        # Both are refused, so the two orders differ only in the history.
        self.assertNotEqual(ledger(*OPENED, *orders).digest(), ledger(*OPENED, *orders[::-1]).digest())

    def test_goes_on_from_its_bytes_as_if_nothing_had_been(self):
        whole = ledger(*OPENED, "transfer t 4 bank ann 5", "transfer t 5 ann bob 5")
        resumed = Ledger.decode(ledger(*OPENED, "transfer t 4 bank ann 5").encode())
        resumed.apply(5, b"transfer t 5 ann bob 5")
        self.assertEqual(whole.encode(), resumed.encode())

    def test_does_not_begin_from_a_state_that_cannot_be(self):
        made = ledger(*OPENED)
        made.accounts["ann"][0] = 1
        with self.assertRaises(Broken):
            Ledger.decode(made.encode())


class DiskTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = pathlib.Path(self.folder.name, "state")

    def test_gives_back_what_was_saved_last(self):
        self.assertIsNone(disk.load(self.file))
        disk.save(self.file, b"one")
        disk.save(self.file, b"two\nlines")
        self.assertEqual(disk.load(self.file), b"two\nlines")

    def test_takes_a_damaged_file_for_a_lost_one(self):
        disk.save(self.file, b"content")
        whole = self.file.read_bytes()
        for damaged in (b"", whole[:-1], whole[:30], whole[:-1] + b"x"):
            self.file.write_bytes(damaged)
            self.assertIsNone(disk.load(self.file))


if __name__ == "__main__":
    unittest.main()
