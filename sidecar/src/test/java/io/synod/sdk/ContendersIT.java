package io.synod.sdk;

import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.grpc.StatusRuntimeException;
import io.synod.processes.ChildProgram;
import io.synod.processes.SidecarCluster;
import io.synod.processes.SidecarProcess;
import io.synod.v1.LocksGrpc;
import io.synod.v1.ReleaseRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests mutual exclusion with ten Node processes that contend for one lock and write to a store
 * guarded by the fencing token. Holders are stopped for longer than their time to live, killed, and
 * lose their sidecar.
 */
class ContendersIT {
  private static final Path PROGRAMS = ChildProgram.root().resolve("sdk/node/contenders");
  private static final String LOCK = "contended";
  private static final int CONTENDERS = 10;
  private static final int HAND_OVERS = 1_000;
  private static final Duration TTL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(5);

  private final Path logs = ChildProgram.logs("contenders");
  private final String node =
      ChildProgram.setUp(logs, ChildProgram.root().resolve("sdk/node/setup.sh"));
  private final long seed = Long.getLong("contenders.seed", System.nanoTime() % 1_000_000);
  private final Random random = new Random(seed);
  private final List<Contender> contenders = new ArrayList<>();
  private final Map<HolderFault, LongSummaryStatistics> passedOnMillis =
      new EnumMap<>(HolderFault.class);
  private int releasedByHand;

  @TempDir private Path folder;

  /** The fault of a holder. */
  private enum HolderFault {
    HOLDER_STOPPED(10),
    HOLDER_KILLED(20),
    SIDECAR_KILLED(6),
    SIDECAR_STOPPED(3);

    private final int times;

    HolderFault(int times) {
      this.times = times;
    }
  }

  @AfterEach
  void endAll() {
    contenders.forEach(Contender::close);
  }

  @Test
  @Timeout(120)
  void theStoresOwnTestsPass() {
    List<String> command = List.of(node, "--test", PROGRAMS.toString());
    try (ChildProgram tests = ChildProgram.start("store-tests", logs, command)) {
      assertThat(tests.exit(PATIENCE)).as(tests::tail).isEqualTo(0);
    }
  }

  @Test
  @Timeout(420)
  void neverDoTwoHoldAtOnceNorIsAStaleWriteAccepted() {
    report("seed " + seed + " (-Dcontenders.seed)");
    long began = System.nanoTime();
    try (SidecarCluster sidecarCluster = SidecarCluster.three(folder, logs);
        GuardedStore store = new GuardedStore(node, PROGRAMS, folder, logs)) {
      sidecarCluster.awaitLeader();
      startContenders(sidecarCluster, store);
      for (HolderFault blow : shuffled()) {
        long millis = strike(blow, sidecarCluster, store);
        passedOnMillis.computeIfAbsent(blow, none -> new LongSummaryStatistics()).accept(millis);
      }
      await("enough hand-overs")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .until(() -> store.handOvers() >= HAND_OVERS && comparable().size() > HAND_OVERS / 2);
      endInPeace(store);
      report("%d hand-overs in %d s".formatted(store.handOvers(), millisSince(began) / 1_000));
      passedOnMillis.forEach((blow, millis) -> report(blow + ", ms until the next: " + millis));
      report(releasedByHand + " of the stopped holders were released by an operator");
      assertThat(store.handOvers()).isGreaterThanOrEqualTo(HAND_OVERS);
      store.assertFenced();
      assertEveryStaleWriteWasRefused(store);
      assertNoTwoHeldAtOnce();
    }
  }

  private void startContenders(SidecarCluster sidecarCluster, GuardedStore store) {
    for (int number = 0; number < CONTENDERS; number++) {
      SidecarProcess own = sidecarCluster.all().get(number % sidecarCluster.all().size());
      String addresses =
          Stream.concat(Stream.of(own), sidecarCluster.others(own).stream())
              .map(SidecarProcess::address)
              .reduce((one, other) -> one + "," + other)
              .orElseThrow();
      List<String> command =
          List.of(
              node,
              PROGRAMS.resolve("contender.js").toString(),
              "--sidecars=" + addresses,
              "--socket=" + store.socket(),
              "--lock=" + LOCK,
              "--ttl=" + TTL.toMillis(),
              "--exit-with-stdin");
      contenders.add(new Contender("contender-" + number, folder, logs, command));
    }
    awaitAbove(store, 0);
  }

  private List<HolderFault> shuffled() {
    List<HolderFault> blows = new ArrayList<>();
    for (HolderFault blow : HolderFault.values()) {
      blows.addAll(Collections.nCopies(blow.times, blow));
    }
    Collections.shuffle(blows, random);
    return blows;
  }

  /** Returns how many milliseconds it took until another contender wrote. */
  private long strike(HolderFault blow, SidecarCluster sidecarCluster, GuardedStore store) {
    Contender holder = contenders.get(random.nextInt(contenders.size()));
    Contender.Hold hold = holder.linger();
    long token = hold.token();
    // The sidecar that keeps the hold is not always the contender's first choice, which may have
    // been down.
    SidecarProcess own =
        sidecarCluster.all().stream()
            .filter(sidecar -> sidecar.address().equals(hold.sidecar()))
            .findFirst()
            .orElseThrow();
    return switch (blow) {
      case HOLDER_STOPPED -> stop(holder, token, sidecarCluster.others(own).get(0), store);
      case HOLDER_KILLED -> kill(holder, token, store);
      case SIDECAR_KILLED -> {
        long began = System.nanoTime();
        own.kill9();
        long millis = passedOn(began, token, store);
        own.start();
        holder.awaitStale(token);
        sidecarCluster.awaitLeader();
        yield millis;
      }
      case SIDECAR_STOPPED -> {
        long began = System.nanoTime();
        own.pause();
        long millis = passedOn(began, token, store);
        holder.awaitStale(token);
        own.resume();
        sidecarCluster.awaitLeader();
        yield millis;
      }
    };
  }

  private long stop(Contender holder, long token, SidecarProcess other, GuardedStore store) {
    long began = System.nanoTime();
    holder.program().pause();
    // The sidecar may renew for a stopped process, since its stream stays open.
    await("longer than the ttl")
        .pollInterval(POLL)
        .until(
            () -> {
              long millis = millisSince(began);
              return millis > 3 * TTL.toMillis() / 2
                  || (millis > TTL.toMillis() && store.highest() > token);
            });
    if (store.highest() <= token) {
      releaseByHand(other, token);
    }
    long millis = passedOn(began, token, store);
    holder.program().resume();
    holder.awaitStale(token);
    return millis;
  }

  private void releaseByHand(SidecarProcess sidecar, long token) {
    ReleaseRequest release =
        ReleaseRequest.newBuilder().setName(LOCK).setFencingToken(token).build();
    try {
      LocksGrpc.newBlockingStub(sidecar.channel())
          .withDeadlineAfter(5, TimeUnit.SECONDS)
          .release(release);
      releasedByHand++;
    } catch (StatusRuntimeException lostMeanwhile) {
      assertThat(lostMeanwhile).hasMessageContaining("ABORTED");
    }
  }

  private long kill(Contender holder, long token, GuardedStore store) {
    long began = System.nanoTime();
    holder.kill9();
    long millis = passedOn(began, token, store);
    holder.start();
    return millis;
  }

  private static long passedOn(long began, long token, GuardedStore store) {
    awaitAbove(store, token);
    return millisSince(began);
  }

  private static void awaitAbove(GuardedStore store, long token) {
    await("another writes than the holder of token " + token)
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .until(() -> store.highest() > token);
  }

  // Each program's summary shows that it did not fail.
  private void endInPeace(GuardedStore store) {
    contenders.forEach(Contender::awaitGranted);
    contenders.forEach(contender -> contender.program().terminate());
    for (Contender contender : contenders) {
      report(contender.program().lastLine(PATIENCE));
    }
    store.program().terminate();
    JsonObject summary =
        JsonParser.parseString(store.program().lastLine(PATIENCE)).getAsJsonObject();
    report("store: " + summary);
  }

  // --- Checks at the end

  private void assertEveryStaleWriteWasRefused(GuardedStore store) {
    List<JsonObject> stale = seen("stale");
    long refused = store.writes().stream().filter(write -> !write.accepted()).count();
    report("%d stale writes were tried, %d refused".formatted(stale.size(), refused));
    assertThat(stale).allMatch(line -> !line.get("accepted").getAsBoolean());
    assertThat(refused).isEqualTo(stale.size());
    int expected =
        HolderFault.HOLDER_STOPPED.times
            + HolderFault.SIDECAR_KILLED.times
            + HolderFault.SIDECAR_STOPPED.times;
    assertThat(stale).hasSizeGreaterThanOrEqualTo(expected);
    // No write with validity left was refused by a contender that was never stopped, since that
    // would mean two holders.
    assertThat(stale).noneMatch(line -> line.get("held").getAsBoolean());
  }

  // Holds are compared by the machine's monotonic clock, except those of stopped processes, which
  // could not observe their end.
  private void assertNoTwoHeldAtOnce() {
    List<JsonObject> grants = seen("granted");
    assertThat(grants).extracting(Contender::token).doesNotHaveDuplicates();
    List<JsonObject> holds = comparable();
    report("%d holds of %d could be compared by time".formatted(holds.size(), grants.size()));
    assertThat(holds).hasSizeGreaterThan(HAND_OVERS / 2);
    for (int next = 1; next < holds.size(); next++) {
      JsonObject before = holds.get(next - 1);
      JsonObject after = holds.get(next);
      double end = Math.min(before.get("at").getAsDouble(), before.get("until").getAsDouble());
      assertThat(after.get("from").getAsDouble())
          .as("%s, then %s", before, after)
          .isGreaterThan(end);
      assertThat(Contender.token(after)).isGreaterThan(Contender.token(before));
    }
  }

  /** The holds of processes that were not stopped, by their beginning. */
  private List<JsonObject> comparable() {
    return seen("ended").stream()
        .filter(line -> line.get("ran").getAsBoolean())
        .sorted(comparing(line -> line.get("from").getAsDouble()))
        .toList();
  }

  private List<JsonObject> seen(String what) {
    return contenders.stream().flatMap(one -> one.seen(what).stream()).toList();
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private static void report(String what) {
    System.out.println("contenders: " + what);
  }
}
