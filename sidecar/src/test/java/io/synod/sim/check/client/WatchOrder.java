package io.synod.sim.check.client;

import io.synod.paxos.value.Command;
import io.synod.runtime.node.AppliedLog;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.Violation;
import java.util.Arrays;
import java.util.List;

/**
 * Checks I12 for watches of the log: a watcher gets every entry that has effect, once, in order and
 * without a gap, on any node and across reconnections; and all watchers get the same entries.
 */
public final class WatchOrder {
  private static final byte EFFECT = 1;
  private static final byte NONE = 2;

  private final ChosenLog chosenLog;
  private final AtMostOnce once;
  private byte[] known = new byte[256];

  /** Creates a checker against the chosen log. */
  public WatchOrder(ChosenLog chosenLog, AtMostOnce once) {
    this.chosenLog = chosenLog;
    this.once = once;
  }

  /** A watcher that had got everything below {@code from} got this page. */
  public void page(int node, long from, AppliedLog.Page page) {
    long next = from;
    List<AppliedLog.Item> items = page.entries();
    for (AppliedLog.Item item : items) {
      if (item.index() < next) {
        throw new Violation("I12", "node " + node + ": index " + item.index() + " after " + next);
      }
      skip(node, next, item.index());
      Command chosen = chosenLog.command(item.index());
      if (chosen == null || !chosen.equals(Command.of(item.entry().encode()))) {
        throw new Violation(
            "I12", "node " + node + ": index " + item.index() + " is not what was chosen");
      }
      if (chosenLog.slotOf(item.index()) != item.slot()) {
        throw new Violation(
            "I12",
            "node "
                + node
                + ": index "
                + item.index()
                + " in slot "
                + item.slot()
                + ", chosen in "
                + chosenLog.slotOf(item.index()));
      }
      know(node, item.index(), EFFECT);
      long operation = SubmittedCommand.of(item.entry());
      if (operation != 0) {
        once.seen(operation, item.index());
      }
      next = item.index() + 1;
    }
    if (page.next() < next) {
      throw new Violation("I12", "node " + node + ": the cursor moves back to " + page.next());
    }
    skip(node, next, page.next());
  }

  /** The caller of the command with this index was told that it took effect. */
  public void acknowledged(int node, long index) {
    know(node, index, EFFECT);
  }

  private void skip(int node, long from, long to) {
    for (long index = from; index < to; index++) {
      know(node, index, NONE);
    }
  }

  private void know(int node, long index, byte what) {
    int at = (int) index;
    if (at >= known.length) {
      known = Arrays.copyOf(known, Math.max(at + 1, known.length * 2));
    }
    if (known[at] != 0 && known[at] != what) {
      throw new Violation(
          "I12",
          "node "
              + node
              + ": index "
              + index
              + (what == NONE
                  ? " is skipped, but has effect"
                  : " is shown, but was skipped elsewhere"));
    }
    known[at] = what;
  }
}
