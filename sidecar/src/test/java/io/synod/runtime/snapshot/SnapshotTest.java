package io.synod.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.View;
import io.synod.paxos.value.Message;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.port.CompactedException;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests snapshots, trimming, and the catch-up of nodes that are behind. */
public class SnapshotTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int PAYLOAD_BYTES = 1_000;

  private final TestCluster cluster = cluster();
  private final List<Message> sent = new ArrayList<>();
  private final Random random = new Random(1);

  static TestCluster cluster() {
    TestCluster cluster = TestCluster.keepingLittle(3);
    cluster.run(3_000);
    return cluster;
  }

  private Payload payload() {
    byte[] bytes = new byte[PAYLOAD_BYTES];
    random.nextBytes(bytes);
    return Payload.of(bytes);
  }

  private void propose(int node, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(cluster.await(cluster.node(node).proposer().propose("", payload(), MINUTE)))
          .isInstanceOf(Outcome.Applied.class);
    }
  }

  /** Opens sessions, so that the state has several pages. */
  private void openSessions(int node, int count) {
    for (int i = 0; i < count; i++) {
      assertThat(cluster.await(cluster.node(node).proposer().openSession("session " + i, MINUTE)))
          .isInstanceOf(Outcome.Applied.class);
    }
  }

  private int other(int... not) {
    for (int node = 1; node <= 3; node++) {
      boolean free = true;
      for (int taken : not) {
        free &= taken != node;
      }
      if (free) {
        return node;
      }
    }
    throw new IllegalArgumentException("nobody is left");
  }

  private void agree() {
    cluster.run(8_000);
    NodeStatus first = cluster.node(1).inspection().status();
    for (int node = 2; node <= 3; node++) {
      NodeStatus status = cluster.node(node).inspection().status();
      assertThat(status.appliedSlot()).isEqualTo(first.appliedSlot());
      assertThat(status.appliedIndex()).isEqualTo(first.appliedIndex());
      assertThat(status.stateDigest()).isEqualTo(first.stateDigest());
      assertThat(cluster.node(node).reads().state().sessionCount())
          .isEqualTo(cluster.node(1).reads().state().sessionCount());
    }
  }

  private List<Message.SnapshotAsk> requests() {
    List<Message.SnapshotAsk> requests = new ArrayList<>();
    for (Message message : sent) {
      if (message instanceof Message.SnapshotAsk request) {
        requests.add(request);
      }
    }
    return requests;
  }

  private void listen() {
    cluster.lose(
        (link, message) -> {
          sent.add(message);
          return false;
        });
  }

  @Test
  void trimsTheLogByItselfAndSaysWhatIsGone() {
    propose(1, 500);
    for (int node = 1; node <= 3; node++) {
      // Recent slots would be read from memory.
      cluster.stop(node);
      cluster.start(node);
      cluster.run(3_000);
      AppliedLog appliedLog = cluster.node(node).appliedLog();
      long oldest = appliedLog.oldestIndex();
      assertThat(oldest).isBetween(100L, appliedLog.appliedIndex() - 50);
      assertThat(cluster.node(node).inspection().status().oldestIndex()).isEqualTo(oldest);
      assertThatThrownBy(() -> appliedLog.page(oldest - 1, 10, 1 << 20))
          .isInstanceOfSatisfying(
              CompactedException.class,
              compacted -> assertThat(compacted.oldestIndex()).isEqualTo(oldest));
      List<AppliedLog.Item> items = appliedLog.page(oldest, 10_000, Integer.MAX_VALUE).entries();
      assertThat(items.get(0).index()).isEqualTo(oldest);
      assertThat(items.get(items.size() - 1).index()).isEqualTo(appliedLog.appliedIndex());
    }
  }

  @Test
  void keepsWhatAFollowerHasYetToRead() {
    long[] place = {Long.MAX_VALUE};
    propose(1, 100);
    AppliedLog appliedLog = cluster.node(1).appliedLog();
    AppliedLog.Subscription following = appliedLog.follow(() -> {}, () -> place[0]);
    place[0] = 90;
    propose(1, 500);
    assertThat(cluster.keptFrom(1)).isLessThanOrEqualTo(90);
    assertThat(cluster.keptFrom(2)).as("nobody reads there").isGreaterThan(100);
    place[0] = 500;
    propose(1, 200);
    assertThat(cluster.keptFrom(1)).isBetween(91L, 500L);
    following.close();
    propose(1, 200);
    assertThat(cluster.keptFrom(1)).isGreaterThan(500);
  }

  @Test
  void bringsANodeThatIsBehindTheTrimUpToDate() {
    int leader = cluster.leader();
    int behind = other(leader);
    propose(leader, 20);
    cluster.stop(behind);
    propose(leader, 500);
    listen();
    cluster.start(behind);
    agree();
    assertThat(cluster.node(behind).appliedLog().oldestIndex()).isGreaterThan(100);
    assertThat(requests()).isNotEmpty();
    propose(behind, 5);
    agree();
  }

  @Test
  void bringsANodeWithAnEmptyDiskUpToDate() {
    int leader = cluster.leader();
    int wiped = other(leader);
    propose(leader, 500);
    cluster.stop(wiped);
    cluster.wipe(wiped);
    cluster.start(wiped);
    agree();
    assertThat(cluster.node(wiped).inspection().status().role()).isEqualTo(View.Role.FOLLOWER);
    assertThat(cluster.node(wiped).appliedLog().oldestIndex()).isGreaterThan(100);
  }

  @Test
  void installsWhileProposalsGoOn() {
    int leader = cluster.leader();
    int behind = other(leader);
    cluster.stop(behind);
    openSessions(leader, 300);
    propose(leader, 300);
    cluster.start(behind);
    cluster.run(150);
    List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
    for (int round = 0; round < 100; round++) {
      outcomes.add(cluster.node(leader).proposer().propose("", payload(), MINUTE));
      outcomes.add(cluster.node(behind).proposer().propose("", payload(), MINUTE));
      cluster.run(10);
    }
    agree();
    for (CompletableFuture<Outcome> outcome : outcomes) {
      assertThat(cluster.await(outcome)).isInstanceOf(Outcome.Applied.class);
    }
  }

  @Test
  void goesOnWithAnotherPeerWhereOneDied() {
    int leader = cluster.leader();
    int behind = other(leader);
    int giver = other(leader, behind);
    openSessions(leader, 300);
    cluster.stop(behind);
    propose(leader, 400);
    cluster.run(1_000);
    listen();
    cluster.start(behind);
    int[] pages = new int[1];
    cluster.lose(
        (link, message) -> {
          if (message instanceof Message.SnapshotPage page && link.to() == behind) {
            pages[0] += page.bytes().isEmpty() ? 0 : 1;
            return link.from() == giver && pages[0] > 5;
          }
          if (message instanceof Message.SnapshotAsk && link.to() == leader) {
            sent.add(message);
          }
          return pages[0] > 5 && link.touches(giver);
        });
    agreeWithout(giver, leader, behind);
    assertThat(pages[0]).isGreaterThan(10);
    assertThat(requests())
        .isNotEmpty()
        .allSatisfy(request -> assertThat(request.offset()).isPositive());
  }

  private void agreeWithout(int gone, int one, int another) {
    cluster.run(8_000);
    cluster.stop(gone);
    assertThat(cluster.node(another).inspection().status().stateDigest())
        .isEqualTo(cluster.node(one).inspection().status().stateDigest());
    assertThat(cluster.node(another).reads().state().sessionCount()).isGreaterThanOrEqualTo(300);
  }

  @Test
  void survivesEndsInTheMiddleOfAPull() {
    int leader = cluster.leader();
    int behind = other(leader);
    openSessions(leader, 300);
    cluster.stop(behind);
    propose(leader, 400);
    for (int millis = 1; millis < 200; millis += 13) {
      cluster.start(behind);
      cluster.run(400 + millis);
      cluster.stop(behind);
    }
    cluster.start(behind);
    agree();
  }

  @Test
  void beginsAgainWithItsSnapshotAndTheLogAboveIt() {
    int leader = cluster.leader();
    openSessions(leader, 30);
    propose(leader, 450);
    NodeStatus before = cluster.node(2).inspection().status();
    long sessions = cluster.node(2).reads().state().sessionCount();
    for (int node = 1; node <= 3; node++) {
      cluster.stop(node);
    }
    for (int node = 1; node <= 3; node++) {
      cluster.start(node);
      assertThat(cluster.node(node).reads().state().sessionCount()).isPositive();
    }
    agree();
    assertThat(cluster.node(2).inspection().status().appliedIndex())
        .isEqualTo(before.appliedIndex());
    assertThat(cluster.node(2).reads().state().sessionCount()).isEqualTo((int) sessions);
    propose(1, 3);
    agree();
  }

  @Test
  void answersWhoWaitedForWhatTheSnapshotHolds() {
    int leader = cluster.leader();
    int behind = other(leader);
    propose(behind, 1);
    cluster.run(200);
    // The node still sends, and receives nothing.
    cluster.cut(link -> link.to() == behind);
    List<CompletableFuture<Outcome>> waiting = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      waiting.add(cluster.node(behind).proposer().propose("", payload(), Duration.ofMinutes(30)));
    }
    CompletableFuture<Outcome> opening =
        cluster.node(behind).proposer().openSession("a", Duration.ofMinutes(30));
    cluster.run(500);
    long applied = cluster.node(leader).appliedLog().appliedIndex();
    propose(leader, 500);
    cluster.cut(link -> false);
    agree();
    assertThat(cluster.node(behind).appliedLog().oldestIndex()).isGreaterThan(applied);
    for (CompletableFuture<Outcome> outcome : waiting) {
      assertThat(cluster.await(outcome))
          .isInstanceOfSatisfying(
              Outcome.Applied.class,
              done -> {
                assertThat(done.deduplicated()).as("an attempt of another").isFalse();
                assertThat(done.index()).isLessThanOrEqualTo(applied);
              });
    }
    assertThat(cluster.await(opening)).isInstanceOf(Outcome.Indeterminate.class);
    assertThat(cluster.node(1).reads().state().sessionCount()).isEqualTo(3);
  }

  @Test
  void takesASnapshotWhenItIsTold() {
    propose(1, 3);
    SnapshotOutcome outcome = cluster.await(cluster.node(2).maintenance().takeSnapshot(MINUTE));
    NodeStatus status = cluster.node(2).inspection().status();
    assertThat(outcome)
        .isInstanceOfSatisfying(
            SnapshotOutcome.Taken.class,
            taken -> {
              assertThat(taken.mark().index()).isEqualTo(status.appliedIndex());
              assertThat(taken.mark().digest()).isEqualTo(status.stateDigest());
              assertThat(taken.bytes()).isPositive();
            });
    try (StoredSnapshot newest = Objects.requireNonNull(cluster.node(2).maintenance().snapshot())) {
      assertThat(newest.mark()).isEqualTo(((SnapshotOutcome.Taken) outcome).mark());
    }
  }
}
