package io.synod.runtime.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.engine.TestLocks;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.SessionKeepAlive;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Mutual exclusion: with one contender beside each node, and faults of nodes and links, no two
 * contenders hold a lock validly at the same time.
 */
class ExclusionTest {
  private static final Duration TTL = Duration.ofSeconds(2);
  private static final String LOCK = "l";
  private static final int NODES = 3;
  private static final long SLOW_MILLIS = 900;

  private final TestCluster cluster = new TestCluster(NODES);
  private final TestLocks testLocks = new TestLocks(cluster);
  private final Map<Integer, Contender> contenders = new TreeMap<>();
  private long validInstants;
  private int lastHolder;
  private int changes;
  // The node whose messages arrive late; 0 if there is none.
  private int slow;

  /** A contender that requests the lock, holds it for a while, and releases it or not. */
  private final class Contender {
    private final int node;
    private final SplittableRandom random;
    private CompletableFuture<Outcome> asking;
    private long requestedNanos;
    private long session;
    private SessionKeepAlive.@Nullable KeptSession kept;
    private int patience;

    private Contender(int node, SplittableRandom random) {
      this.node = node;
      this.random = random;
      request();
    }

    private void request() {
      requestedNanos = cluster.nanos(node);
      asking = testLocks.hold(node, LOCK, TTL);
    }

    private void act() {
      SessionKeepAlive.KeptSession mine = kept;
      if (mine == null) {
        if (asking.isDone()) {
          answered();
        }
      } else if (mine.isOver()) {
        letGo(mine);
      } else if (holds() && --patience < 0) {
        letGo(mine);
      }
    }

    private void answered() {
      if (asking.join() instanceof Outcome.Applied applied) {
        session = applied.index();
        kept = cluster.node(node).sessionKeepAlive().keep(session, TTL, requestedNanos, () -> {});
        patience = 500 + random.nextInt(4_000);
      } else {
        request();
      }
    }

    private void letGo(SessionKeepAlive.KeptSession mine) {
      mine.close();
      kept = null;
      if (random.nextBoolean()) {
        var unused = testLocks.close(node, session);
      }
      request();
    }

    private boolean holds() {
      SessionKeepAlive.KeptSession mine = kept;
      return mine != null && testLocks.holder(node, LOCK) == session && mine.validNanos() > 0;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void neverHasTwoValidHolders(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int node = 1; node <= NODES; node++) {
      cluster.drift(node, random.nextInt(-500, 501));
    }
    slow = (int) seed % (NODES + 1);
    cluster.run(3_000);
    for (int node = 1; node <= NODES; node++) {
      contenders.put(node, new Contender(node, random.split()));
    }
    for (int step = 0; step < 60; step++) {
      strike(random);
      run(random.nextInt(200, 3_000));
      if (random.nextBoolean()) {
        mend();
        run(random.nextInt(100, 2_500));
      }
    }
    slow = 0;
    mend();
    run(5_000);
    long before = validInstants;
    run(10_000);
    assertThat(validInstants - before).isGreaterThan(2_000);
    assertThat(validInstants).isGreaterThan(15_000);
    assertThat(changes).isGreaterThan(8);
  }

  private void strike(SplittableRandom random) {
    int node = 1 + random.nextInt(NODES);
    int other = 1 + random.nextInt(NODES);
    int leader = cluster.leader();
    long late = random.nextLong(10, 3_500);
    switch (random.nextInt(9)) {
      case 0 -> cluster.pause(node);
      case 1 -> cluster.pause(leader);
      case 2 -> cluster.cut(link -> link.touches(node));
      case 3 -> cluster.cut(link -> link.from() == node && link.to() == other);
      case 4 -> cluster.cut(link -> link.touches(leader));
      case 5 -> {
        // Messages to the node are late, and messages from it are lost.
        cluster.delay(link -> link.to() == node ? late : 0);
        cluster.cut(link -> link.from() == node);
      }
      case 6 -> cluster.delay(link -> link.touches(node) ? late / 3 : 0);
      case 7 -> stop(node);
      default -> stop(leader);
    }
  }

  private void stop(int node) {
    if (cluster.isUp(node)) {
      cluster.stop(node);
      contenders.remove(node);
    }
  }

  private void mend() {
    cluster.cut(link -> false);
    cluster.delay(link -> link.to() == slow ? SLOW_MILLIS : 0);
    for (int node = 1; node <= NODES; node++) {
      cluster.resume(node);
      if (!cluster.isUp(node)) {
        cluster.start(node);
        contenders.put(node, new Contender(node, new SplittableRandom(node)));
      }
    }
  }

  private void run(int millis) {
    for (int i = 0; i < millis; i++) {
      cluster.run(1);
      List<Integer> valid = new ArrayList<>();
      for (Contender contender : contenders.values()) {
        contender.act();
        if (contender.holds()) {
          valid.add(contender.node);
        }
      }
      assertThat(valid.size()).isLessThanOrEqualTo(1);
      if (!valid.isEmpty()) {
        validInstants++;
        changes += valid.get(0) == lastHolder ? 0 : 1;
        lastHolder = valid.get(0);
      }
    }
  }
}
