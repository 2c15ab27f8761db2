package io.synod.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.Ballot;
import io.synod.paxos.Command;
import io.synod.paxos.View;
import io.synod.state.Draft;
import io.synod.state.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Callers that fill a node do not keep it from its duties. */
class PendingTest {
  private static final Duration TTL = Duration.ofSeconds(6);
  private static final int FEW = 8;
  private static final Bounds TIGHT = new Bounds(FEW, 1 << 20, 64, 4_096, 1 << 20, 1 << 20, 100);

  private static final View CONNECTED =
      new View(
          View.Role.FOLLOWER, Ballot.NONE, Ballot.NONE, 3, 3, 0, 0, 0, 0, 0, List.of(), List.of());

  private final Pending pending = new Pending(TIGHT, Runnable::run, 1_000_000_000L);
  private long sequence;

  private @Nullable CompletableFuture<Outcome> add(Pending.Whose whose, String text) {
    Draft draft = Draft.of(Entry.Kind.COMMAND, Holds.text(text));
    return pending.add(draft.under(1, new Entry.Key(7, ++sequence), 0), Long.MAX_VALUE, whose);
  }

  @Test
  void keepsRoomForDutiesAndForCallersOfWhatDutiesTake() {
    for (int i = 0; i < FEW; i++) {
      assertThat(add(Pending.Whose.CALLER, "c")).isNotNull();
    }
    assertThat(add(Pending.Whose.CALLER, "c")).isNull();
    for (int i = 0; i < Pending.DUTIES_MAX; i++) {
      assertThat(add(Pending.Whose.DUTY, "d")).isNotNull();
    }
    assertThat(add(Pending.Whose.DUTY, "d")).as("bounded too").isNull();
    assertThat(pending.count()).isEqualTo(FEW + Pending.DUTIES_MAX);
    pending.quarantine();
    assertThat(pending.count()).isZero();
  }

  @Test
  void neverCallsSurelyNotDoneWhatTheCoreHasInThisTurn() {
    for (Consumer<Pending> end :
        List.<Consumer<Pending>>of(Pending::quarantine, it -> it.close(CONNECTED))) {
      Pending ended = new Pending(TIGHT, Runnable::run, 1_000_000_000L);
      Draft draft = Draft.of(Entry.Kind.COMMAND, Holds.text("x"));
      List<CompletableFuture<Outcome>> all = new ArrayList<>();
      for (int i = 1; i <= 3; i++) {
        Entry entry = draft.under(1, new Entry.Key(7, i), 0);
        all.add(Objects.requireNonNull(ended.add(entry, Long.MAX_VALUE, Pending.Whose.CALLER)));
        if (i == 1) {
          List<Command> unplaced = ended.arrived(1);
          ended.proposed(unplaced, unplaced, CONNECTED);
        } else if (i == 2) {
          assertThat(ended.arrived(2)).hasSize(1);
        }
      }
      end.accept(ended);
      assertThat(all.get(0).join())
          .as("nobody was told")
          .isNotInstanceOf(Outcome.Indeterminate.class);
      assertThat(all.get(1).join()).isInstanceOf(Outcome.Indeterminate.class);
      assertThat(all.get(2).join()).as("it waits").isNotInstanceOf(Outcome.Indeterminate.class);
    }
  }

  @Test
  void keepsTheRoomInBytesToo() {
    assertThat(add(Pending.Whose.CALLER, "x".repeat(1 << 20))).isNull();
    assertThat(add(Pending.Whose.CALLER, "x".repeat((1 << 20) - 100))).isNotNull();
    assertThat(add(Pending.Whose.CALLER, "x".repeat(100))).isNull();
    assertThat(add(Pending.Whose.DUTY, "x".repeat(100))).isNotNull();
  }

  @Test
  void handsOverDutiesFirst() {
    assertThat(add(Pending.Whose.CALLER, "caller")).isNotNull();
    assertThat(add(Pending.Whose.DUTY, "duty")).isNotNull();
    assertThat(payloads(pending.arrived(1))).containsExactly("duty", "caller");
    assertThat(payloads(pending.again(1, true))).containsExactly("duty", "caller");
  }

  private static List<String> payloads(List<Command> commands) {
    List<String> payloads = new ArrayList<>();
    for (Command command : commands) {
      Entry entry = Entry.decode(command.bytes());
      payloads.add(entry == null ? "" : new String(entry.payload().bytes(), UTF_8));
    }
    return payloads;
  }

  @Test
  void aKeptSessionLivesOnThoughCallersFillTheNodeThatKeepsIt() {
    Cluster cluster = new Cluster(3, TIGHT);
    Holds holds = new Holds(cluster);
    cluster.run(3_000);
    int node = cluster.leader() % 3 + 1;
    cluster.delay(link -> link.touches(node) ? 20 : 0);
    long session = holds.open(node, TTL);
    Keeper.Kept kept = holds.keep(node, session, TTL);
    // From here on it has a session of its own, in which callers are refused at once or wait.
    cluster.await(cluster.node(node).propose("", Holds.text("x"), Holds.TEN));
    int refused = 0;
    for (long passed = 0; passed < 2 * TTL.toMillis(); passed += 5) {
      CompletableFuture<Outcome> last;
      do {
        last = cluster.node(node).propose("", Holds.text("x"), Holds.TEN);
      } while (!last.isDone());
      refused += last.join() instanceof Outcome.Overloaded ? 1 : 0;
      cluster.run(5);
    }
    assertThat(refused).as("it was full all the time").isGreaterThan(2_000);
    assertThat(holds.isOpen(node, session)).isTrue();
    assertThat(kept.validNanos()).isPositive();
  }
}
