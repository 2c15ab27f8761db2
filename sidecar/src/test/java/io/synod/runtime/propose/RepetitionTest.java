package io.synod.runtime.propose;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.node.Outcome;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.encoding.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests the answers to repetitions of a command. */
class RepetitionTest {
  private static final Duration FIVE = Duration.ofSeconds(5);

  private final TestCluster cluster = new TestCluster(3);

  private static NewEntry draft(String requestId) {
    Payload payload = Payload.of("p".getBytes(StandardCharsets.UTF_8));
    return new NewEntry(Entry.Kind.COMMAND, "", requestId, payload);
  }

  private int settled() {
    cluster.run(3_000);
    return cluster.leader();
  }

  private long session(int node) {
    Outcome opened = cluster.await(cluster.node(node).proposer().openSession("s", FIVE));
    return ((Outcome.Applied) opened).index();
  }

  private Outcome.Applied applied(CompletableFuture<Outcome> outcome) {
    return (Outcome.Applied) cluster.await(outcome);
  }

  private CompletableFuture<Outcome> propose(int node, long session, Duration timeout) {
    Entry entry = draft("").under(node, new Entry.Key(session, 1), 0);
    return cluster.node(node).proposer().propose(entry, timeout);
  }

  @Test
  void isToldWhereTheFirstAttemptIsNotYetApplied() {
    int leader = settled();
    int other = leader % 3 + 1;
    long session = session(leader);
    cluster.run(500);
    cluster.delay(link -> link.from() == leader && link.to() == other ? 400 : 0);
    var first = propose(leader, session, FIVE);
    var repeat = propose(other, session, FIVE);
    assertThat(applied(first).deduplicated()).isFalse();
    assertThat(repeat).isNotDone();
    assertThat(applied(repeat).deduplicated()).isTrue();
    assertThat(applied(repeat).index()).isEqualTo(applied(first).index());
  }

  @Test
  void isToldOfTheSecondOfTwoAttemptsAtOneSidecar() {
    int leader = settled();
    long session = session(leader);
    var first = propose(leader, session, FIVE);
    var repeat = propose(leader, session, FIVE);
    assertThat(applied(first).deduplicated()).isFalse();
    assertThat(applied(repeat).deduplicated()).isTrue();
  }

  @Test
  void isToldAfterTheFirstWaitEndedBeforeItsOutcomeWasKnown() {
    int leader = settled();
    int other = leader % 3 + 1;
    long session = session(other);
    cluster.delay(link -> link.from() == leader && link.to() == other ? 400 : 0);
    var first = propose(other, session, Duration.ofMillis(50));
    assertThat(cluster.await(first)).isInstanceOf(Outcome.Indeterminate.class);
    assertThat(applied(propose(other, session, FIVE)).deduplicated()).isTrue();
  }

  @Test
  void isToldOfANamedRequestAndNotOfTheOneThatTookEffect() {
    int leader = settled();
    int other = leader % 3 + 1;
    cluster.delay(link -> link.from() == leader && link.to() == other ? 400 : 0);
    var first = cluster.node(leader).proposer().propose(draft("name"), FIVE);
    var repeat = cluster.node(other).proposer().propose(draft("name"), FIVE);
    assertThat(applied(first).deduplicated()).isFalse();
    assertThat(applied(repeat).deduplicated()).isTrue();
    assertThat(applied(repeat).index()).isEqualTo(applied(first).index());
  }

  @Test
  void isNotToldOfAnOwnAttemptThatASnapshotPassedOver() {
    TestCluster small = TestCluster.keepingLittle(3);
    small.run(3_000);
    int leader = small.leader();
    int behind = leader % 3 + 1;
    Outcome opened = small.await(small.node(behind).proposer().openSession("s", FIVE));
    Entry.Key key = new Entry.Key(((Outcome.Applied) opened).index(), 1);
    small.run(500);
    // The command reaches the leader, and nothing that is chosen comes back.
    small.cut(link -> link.to() == behind);
    var first =
        small
            .node(behind)
            .proposer()
            .propose(draft("").under(behind, key, 0), Duration.ofSeconds(60));
    small.run(20);
    small.cut(link -> link.touches(behind));
    for (int i = 0; i < 500; i++) {
      Payload filling = Payload.of(new byte[1_000 + i]);
      NewEntry large = new NewEntry(Entry.Kind.COMMAND, "", "", filling);
      assertThat(small.await(small.node(leader).proposer().propose(large, FIVE)))
          .isInstanceOf(Outcome.Applied.class);
    }
    small.cut(link -> false);
    Outcome.Applied outcome = (Outcome.Applied) small.await(first);
    assertThat(small.node(behind).appliedLog().oldestIndex()).isGreaterThan(outcome.index());
    assertThat(outcome.deduplicated()).isFalse();
  }
}
