package io.synod.sim;

import io.synod.runtime.Node;
import io.synod.runtime.Outcome;
import io.synod.sim.Marks.Mark;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.Dice;
import io.synod.state.Payload;
import io.synod.state.Reply;
import java.nio.charset.StandardCharsets;

/** An application's copy beside one host: says how far it is, and what it came to. */
final class Copy extends Caller {
  static final String CONSUMER = "ledger";

  private final Host home;
  private long acked;

  Copy(Crowd crowd, Dice dice, Host home) {
    super(crowd, dice);
    this.home = home;
  }

  @Override
  void act(Host any, Node other) {
    Node node = nodeAt(home);
    if (node != null && world.isServed(home)) {
      acknowledge(node);
    }
    later(dice.around(4 * world.weather().thinkNanos), this::step);
  }

  private void acknowledge(Node node) {
    long applied = node.feed().appliedIndex();
    long index = Math.max(0, applied - dice.below(10));
    boolean says = dice.below(2) == 0;
    Payload digest =
        says ? Payload.of(("after " + index).getBytes(StandardCharsets.US_ASCII)) : Payload.EMPTY;
    ask(
        home,
        node.acknowledge(CONSUMER, index, digest, patience()),
        outcome -> {
          if (outcome instanceof Outcome.Applied is
              && is.reply() instanceof Reply.Acknowledged told) {
            crowd.told(home, is);
            if (told.index() < Math.max(acked, index)) {
              throw new Violation(
                  "I10", "acknowledged " + told.index() + " after " + acked + " and " + index);
            }
            acked = told.index();
            world.mark(Mark.ACKNOWLEDGED);
          }
        },
        () -> {});
  }
}
