package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.Settings;
import io.synod.paxos.SettingsBuilder;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.Mailbox;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observer;
import io.synod.runtime.port.Peers;
import io.synod.state.Level;
import io.synod.state.Limits;
import io.synod.state.State;
import io.synod.state.apply.Machine;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests which of the chosen slots a node applies while its state is wrong. */
class ApplierTest {
  private static final int POSTPONED_SLOTS_MAX = 3;
  private static final int POSTPONED_BYTES_MAX = 1_000;
  private static final Ballot BALLOT = new Ballot(1, 0, 1, 70);

  private final MemoryJournal journal = new MemoryJournal();
  private boolean wrong = true;
  private long bound = Long.MAX_VALUE;
  private final Applier applier =
      new Applier(
          new NodePorts(
              journal, new UnusedPeers(), new TestClock().of(1), Observer.none(), new Unwoken()),
          new Machine(State.empty(Limits.defaults()), Level.supported()),
          shortPages(),
          List.of(),
          this::appliesThrough);

  private long appliesThrough(long slots, long bytes) {
    boolean postpones = wrong && slots <= POSTPONED_SLOTS_MAX && bytes <= POSTPONED_BYTES_MAX;
    return postpones ? 0 : bound;
  }

  /** Settings with which a page holds one slot. */
  private static Settings shortPages() {
    return new SettingsBuilder().pageBytesMax(1).build();
  }

  private static final class UnusedPeers implements Peers {
    @Override
    public boolean send(int to, Message message) {
      throw new IllegalStateException("only the cycle sends");
    }

    @Override
    public void formed(Formation formation) {}

    @Override
    public void requireLevel(int level) {}

    @Override
    public int supportedLevel(int peer) {
      return Level.supported();
    }
  }

  private static final class Unwoken implements Mailbox {
    @Override
    public boolean offer(Input input) {
      return false;
    }

    @Override
    public void wake() {}
  }

  /** The next slot is chosen; returns the last one that is applied then. */
  private long choose(long slot) {
    return choose(slot, 1);
  }

  private long choose(long slot, int bytes) {
    applier.apply(List.of(accepted(slot, bytes)));
    return applier.state().slot();
  }

  private Chosen accepted(long slot, int bytes) {
    Batch batch = Batch.of(slot, List.of(Command.of(new byte[bytes])));
    Proposal proposal = new Proposal(slot, BALLOT, batch);
    journal.append(List.of(new Write.Accepted(proposal)));
    return new Chosen(proposal, slot, Chosen.How.FROM_LEADER);
  }

  @Test
  void postponesSomeAndAppliesAPageAtATimeOfWhatIsMore() {
    applier.recover(journal.recovered());
    assertThat(choose(1)).isZero();
    assertThat(choose(2)).isZero();
    assertThat(choose(3)).isZero();
    assertThat(applier.isBehind()).isTrue();
    assertThat(choose(4)).isEqualTo(1);
    assertThat(choose(5)).isEqualTo(2);
    assertThat(applier.chosenThrough()).isEqualTo(5);
    wrong = false;
    applier.apply(List.of());
    applier.apply(List.of());
    assertThat(applier.isBehind()).isTrue();
    applier.apply(List.of());
    assertThat(applier.isBehind()).isFalse();
    assertThat(choose(6)).isEqualTo(6);
    assertThat(journal.read(1, 6, 1 << 20)).hasSize(6);
  }

  /** A start reads what is not applied into memory. */
  @Test
  void postponesOnlyAsManyBytes() {
    applier.recover(journal.recovered());
    assertThat(choose(1, POSTPONED_BYTES_MAX / 2)).isZero();
    assertThat(choose(2, POSTPONED_BYTES_MAX)).isEqualTo(1);
    assertThat(choose(3)).isEqualTo(2);
    assertThat(choose(4)).isEqualTo(2);
    assertThat(choose(5, POSTPONED_BYTES_MAX)).isEqualTo(3);
  }

  @Test
  void appliesNothingAfterTheBound() {
    applier.recover(journal.recovered());
    bound = 2;
    for (long slot = 1; slot <= 3; slot++) {
      assertThat(choose(slot)).isZero();
    }
    assertThat(choose(4)).isEqualTo(1);
    for (long slot = 5; slot <= 9; slot++) {
      assertThat(choose(slot)).isEqualTo(2);
    }
    bound = Long.MAX_VALUE;
    assertThat(choose(10)).isEqualTo(3);
  }

  @Test
  void appliesAPartOfWhatIsChosenAtOnce() {
    applier.recover(journal.recovered());
    bound = 2;
    wrong = false;
    List<Chosen> chosen = List.of(accepted(1, 1), accepted(2, 1), accepted(3, 1));
    applier.apply(chosen);
    assertThat(applier.state().slot()).isEqualTo(2);
    assertThat(applier.chosenThrough()).isEqualTo(3);
  }
}
