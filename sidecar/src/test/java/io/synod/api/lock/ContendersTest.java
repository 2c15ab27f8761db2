package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.synod.api.MemoryNode;
import io.synod.api.NodeCondition;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
import io.synod.state.Lock;
import io.synod.state.State;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldRequest;
import io.synod.v1.LocksGrpc;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many contenders for one lock, which disconnect at random moments. */
@Timeout(120)
final class ContendersTest {
  private static final int CONTENDERS = 12;
  private static final int TURNS = 25;
  private static final List<NodeCondition> MOODS =
      List.of(NodeCondition.WELL, NodeCondition.WELL, NodeCondition.SLOW, NodeCondition.ALONE);

  private final AtomicInteger inside = new AtomicInteger();
  private final ConcurrentSkipListSet<Long> tokens = new ConcurrentSkipListSet<>();
  private final AtomicInteger grants = new AtomicInteger();

  @Test
  void neverHoldTwoAtOnceAndLeaveNothingBehind() throws Exception {
    try (TestServer server = new TestServer()) {
      List<CompletableFuture<Void>> running = new ArrayList<>();
      SplittableRandom seeds = new SplittableRandom(42);
      for (int i = 0; i < CONTENDERS; i++) {
        SplittableRandom random = seeds.split();
        running.add(CompletableFuture.runAsync(() -> contend(server, random, 30), this::start));
      }
      for (CompletableFuture<Void> one : running) {
        one.get();
      }
      TestHolds.until(() -> server.services.holdsToEnd() == 0);

      assertThat(grants.get()).isGreaterThan(CONTENDERS);
      assertThat(server.node.state().lockCount()).isZero();
      assertThat(server.node.state().sessionCount()).isEqualTo(1);
      assertThat(tokensOfTheLog(server.node))
          .isSorted()
          .doesNotHaveDuplicates()
          .containsAll(tokens);
    }
  }

  @Test
  void leaveNothingBehindWhateverBecomesOfTheirProposals() throws Exception {
    try (TestServer server = new TestServer()) {
      List<CompletableFuture<Void>> running = new ArrayList<>();
      SplittableRandom seeds = new SplittableRandom(43);
      for (int i = 0; i < CONTENDERS; i++) {
        SplittableRandom random = seeds.split();
        running.add(CompletableFuture.runAsync(() -> contend(server, random, 500), this::start));
      }
      CompletableFuture<Void> all =
          CompletableFuture.allOf(running.toArray(CompletableFuture[]::new));
      while (!all.isDone()) {
        // A proposal is executed at once, refused, or executed after its caller has gone.
        server.node.feel(MOODS.get(seeds.nextInt(MOODS.size())));
        if (seeds.nextInt(3) == 0) {
          server.node.release();
        }
        LockSupport.parkNanos(seeds.nextInt(20_000_000));
      }
      all.get();
      server.node.feel(NodeCondition.WELL);
      TestHolds.until(
          () -> {
            server.node.release();
            return server.services.holdsToEnd() == 0;
          });

      assertThat(grants.get()).isPositive();
      assertThat(server.node.state().lockCount()).isZero();
      assertThat(server.node.state().sessionCount()).isEqualTo(1);
      assertThat(tokensOfTheLog(server.node)).isSorted().containsAll(tokens);
    }
  }

  private void start(Runnable work) {
    Thread thread = new Thread(work, "contender");
    thread.setDaemon(true);
    thread.start();
  }

  private void contend(TestServer server, SplittableRandom random, int patienceMillis) {
    for (int turn = 0; turn < TURNS; turn++) {
      HoldRequest.Builder request = TestHolds.request("l").setTtl(Durations.fromSeconds(10));
      if (random.nextInt(4) == 0) {
        request.setWait(Durations.fromMillis(random.nextInt(5)));
      }
      LocksGrpc.LocksStub stub = LocksGrpc.newStub(server.channel);
      boolean hasty = random.nextInt(3) == 0;
      StreamCollector<HoldRequest, HoldEvent> hold =
          TestHolds.hold(hasty ? stub.withDeadlineAfter(20, TimeUnit.MILLISECONDS) : stub, request);
      // A random moment: before the proposal, in the queue, or while it holds.
      HoldEvent event = hold.nextWithin(random.nextInt(patienceMillis));
      while (event != null && event.hasWaiting()) {
        event = hold.nextWithin(random.nextInt(patienceMillis));
      }
      // A call with a deadline may lose the hold before it receives the grant.
      if (event != null && event.hasGranted() && !hasty) {
        hold(event.getGranted());
      }
      hold.cancel();
    }
  }

  private void hold(HoldEvent.Granted granted) {
    grants.incrementAndGet();
    assertThat(inside.incrementAndGet()).as("holders at once").isEqualTo(1);
    assertThat(tokens.add(granted.getFencingToken())).isTrue();
    assertThat(tokens.last()).isEqualTo(granted.getFencingToken());
    inside.decrementAndGet();
  }

  private static List<Long> tokensOfTheLog(MemoryNode node) {
    List<Long> tokens = new ArrayList<>();
    for (long index = 1; index <= node.log.appliedIndex(); index++) {
      State state = node.stateAt(index);
      Lock lock = state == null ? null : state.lock("l");
      if (lock != null && (tokens.isEmpty() || tokens.get(tokens.size() - 1) != lock.token())) {
        tokens.add(lock.token());
        assertThat(lock.token()).as("granted by this very command").isEqualTo(index);
      }
    }
    return tokens;
  }
}
