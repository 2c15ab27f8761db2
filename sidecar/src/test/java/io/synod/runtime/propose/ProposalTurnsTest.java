package io.synod.runtime.propose;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.ResendBackoff;
import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Input;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.turn.Turn;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.encoding.Payload;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProposalTurnsTest {
  private static final long AGAIN_NANOS = 1_000;

  private final PendingProposals pendingProposals =
      new PendingProposals(
          CallerLimits.defaults(),
          Runnable::run,
          new ResendBackoff(AGAIN_NANOS, 8 * AGAIN_NANOS),
          1 << 20,
          () -> {});
  private final ProposalTurns turns = new ProposalTurns(pendingProposals, AGAIN_NANOS / 2);

  private static Turn turn(long nowNanos) {
    View view =
        new View(
            View.Role.FOLLOWER,
            Ballot.NONE,
            Ballot.NONE,
            0,
            0,
            0,
            Long.MIN_VALUE,
            Long.MIN_VALUE,
            0,
            new View.Electorate(List.of(), 0, 0, List.of(), List.of()),
            List.of());
    return new Turn(nowNanos, 0, NodeView.of(view), false);
  }

  @Test
  void proposesAgainByAClockThatIsBelowZero() {
    long nowNanos = -1_000_000;
    Entry entry = NewEntry.of(Entry.Kind.COMMAND, Payload.EMPTY).under(1, new Entry.Key(7, 1), 0);
    assertThat(pendingProposals.add(entry, 1_000_000, ProposalKind.CALLER)).isNotNull();
    List<Input> proposed = turns.turn(turn(nowNanos));
    assertThat(proposed).containsExactly(new Input.Propose(List.of(Command.of(entry.encode()))));
    assertThat(turns.turn(turn(nowNanos + AGAIN_NANOS / 4))).isEmpty();
    assertThat(turns.turn(turn(nowNanos + 2 * AGAIN_NANOS))).isEqualTo(proposed);
  }
}
