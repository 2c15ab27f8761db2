package io.synod.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import io.synod.processes.ChildProgram;
import io.synod.processes.FreePorts;
import io.synod.processes.SidecarCluster;
import io.synod.processes.SidecarProcess;
import io.synod.v1.AdminGrpc;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.ListConsumersRequest;
import io.synod.v1.ListConsumersResponse.Consumer;
import io.synod.v1.ListSessionsRequest;
import io.synod.v1.SessionsGrpc;
import io.synod.v1.Status;
import io.synod.v1.TakeSnapshotRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests a ledger in Python with three copies, each beside its sidecar. In every round some
 * processes are killed; at its end all copies hold the same state, without lost or repeated
 * commands.
 */
class LedgerIT {
  private static final Path PROGRAMS = ChildProgram.root().resolve("sdk/python/ledger");
  private static final int ROUNDS = 50;
  private static final int ORDERS_PER_SECOND = 60;
  private static final int FAST = 300;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(20);
  // These are so small that the log is trimmed many times.
  private static final Map<String, String> KEYS =
      Map.of(
          "snapshot.logBytes", "256KiB",
          "log.keepBytes", "64KiB",
          "recent.bytesMax", "64KiB",
          "storage.tailFileBytes", "64KiB");

  private final Path logs = ChildProgram.logs("ledger");
  private final String python =
      ChildProgram.setUp(logs, ChildProgram.root().resolve("sdk/python/setup.sh"));
  private final long seed = Long.getLong("ledger.seed", System.nanoTime() % 1_000_000);
  private final Random random = new Random(seed);
  private final List<LedgerCopy> copies = new ArrayList<>();
  // The last acknowledged command of each teller, including those whose disk was lost.
  private final Map<String, Long> acknowledged = new HashMap<>();
  private final Map<String, Integer> happened = new HashMap<>();
  private long lastIndex;

  @TempDir private Path folder;

  @AfterEach
  void endAll() {
    copies.forEach(LedgerCopy::close);
  }

  @Test
  @Timeout(120)
  void itsOwnTestsPass() {
    List<String> command = List.of(python, PROGRAMS.resolve("test_ledger.py").toString());
    try (ChildProgram tests = ChildProgram.start("test_ledger", logs, command)) {
      assertThat(tests.exit(PATIENCE)).as(tests::tail).isEqualTo(0);
    }
  }

  @Test
  @Timeout(900)
  void threeCopiesAgreeAfterEachOfFiftyRoundsOfKills() {
    report("seed " + seed + " (-Dledger.seed)");
    long began = System.nanoTime();
    try (SidecarCluster sidecarCluster = SidecarCluster.three(folder, logs, KEYS)) {
      sidecarCluster.awaitLeader();
      startCopies(sidecarCluster);
      for (int round = 1; round <= ROUNDS; round++) {
        copies.forEach(copy -> copy.rate(ORDERS_PER_SECOND));
        awaitOrders(copies.get(0), 20);
        disturb(sidecarCluster, round);
        assertAgreement(round);
      }
      report("in " + (System.nanoTime() - began) / 1_000_000_000 + " s: " + happened);
      assertItWasHard(sidecarCluster);
      assertNoneDiverged(sidecarCluster);
    }
  }

  private void startCopies(SidecarCluster sidecarCluster) {
    List<Integer> ports = FreePorts.free(sidecarCluster.all().size());
    for (SidecarProcess own : sidecarCluster.all()) {
      String addresses =
          Stream.concat(Stream.of(own), sidecarCluster.others(own).stream())
              .map(SidecarProcess::address)
              .reduce((one, other) -> one + "," + other)
              .orElseThrow();
      List<String> command =
          List.of(
              python,
              PROGRAMS.resolve("serve.py").toString(),
              "--sidecars=" + addresses,
              "--seed=" + seed,
              "--rate=" + ORDERS_PER_SECOND,
              "--memo-bytes=400",
              "--ack-every=50",
              "--snapshot-every=200",
              "--session-ttl=2",
              "--exit-with-stdin");
      copies.add(new LedgerCopy(own.node(), ports.get(own.node() - 1), folder, logs, command));
    }
    copies.forEach(LedgerCopy::start);
    copies.forEach(LedgerCopy::linearizableState);
  }

  // --- Faults of a round

  private void disturb(SidecarCluster sidecarCluster, int round) {
    if (round % 17 == 0) {
      restartEverything(sidecarCluster);
    } else if (round % 10 == 0) {
      leaveBehind(sidecarCluster, pick(copies));
    } else if (round % 10 == 5) {
      closeSessions(pick(sidecarCluster.all()));
    } else {
      killSome(sidecarCluster);
    }
  }

  /** Kills a copy, a sidecar or one of each, while the others go on. */
  private void killSome(SidecarCluster sidecarCluster) {
    boolean killCopy = random.nextInt(100) < 75;
    boolean killSidecar = !killCopy || random.nextInt(100) < 25;
    LedgerCopy copy = pick(copies);
    SidecarProcess sidecar = pick(sidecarCluster.all());
    if (killSidecar) {
      sidecar.kill9();
      count("sidecar killed");
    }
    if (killCopy) {
      copy.kill9();
      count("copy killed");
      if (random.nextInt(3) == 0) {
        copy.loseDisk();
        count("copy's disk lost");
      }
    }
    LedgerCopy bystander =
        copies.stream()
            .filter(one -> one.isRunning())
            .filter(one -> !killSidecar || copies.indexOf(one) != sidecar.node() - 1)
            .findFirst()
            .orElseThrow();
    awaitOrders(bystander, 30);
    if (killSidecar) {
      sidecar.start();
    }
    if (killCopy) {
      copy.start();
    }
  }

  private void restartEverything(SidecarCluster sidecarCluster) {
    LedgerCopy copy = pick(copies);
    copy.kill9();
    sidecarCluster.all().forEach(SidecarProcess::kill9);
    sidecarCluster.all().forEach(SidecarProcess::start);
    copy.start();
    sidecarCluster.awaitLeader();
    count("everything restarted");
  }

  /**
   * Stops a copy until the others have handed over a snapshot and the log that it needs is trimmed.
   */
  private void leaveBehind(SidecarCluster sidecarCluster, LedgerCopy copy) {
    long left = copy.linearizableState().index();
    copy.kill9();
    copies.stream().filter(other -> other != copy).forEach(other -> other.rate(FAST));
    SidecarProcess own = sidecarCluster.node(copies.indexOf(copy) + 1);
    await("the log below " + left + " is trimmed")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> trim(own) > left + 1);
    copy.start();
    count("copy left behind the trimmed log");
  }

  /** Takes a snapshot; returns the oldest index left. */
  private static long trim(SidecarProcess sidecar) {
    return AdminGrpc.newBlockingStub(sidecar.channel())
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .takeSnapshot(TakeSnapshotRequest.getDefaultInstance())
        .getOldestIndex();
  }

  /**
   * Closes the sessions of the ledger, as an operator might; repetitions in flight lose their
   * session.
   */
  private void closeSessions(SidecarProcess sidecar) {
    var sessions =
        SessionsGrpc.newBlockingStub(sidecar.channel()).withDeadlineAfter(5, TimeUnit.SECONDS);
    sessions.listSessions(ListSessionsRequest.getDefaultInstance()).getSessionsList().stream()
        .filter(session -> session.getDisplayName().startsWith("ledger"))
        .forEach(
            session -> {
              try {
                sessions.closeSession(
                    CloseSessionRequest.newBuilder().setSessionId(session.getSessionId()).build());
              } catch (StatusRuntimeException goneMeanwhile) {
                assertThat(goneMeanwhile).hasMessageContaining("FAILED_PRECONDITION");
              }
            });
    count("sessions closed");
  }

  // --- Checks at the end of a round

  private void assertAgreement(int round) {
    copies.forEach(copy -> copy.rate(0));
    await("everything is answered in round " + round)
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .until(
            () ->
                copies.stream()
                    .allMatch(copy -> copy.state().filter(one -> one.pending() == 0).isPresent()));
    // Each copy is asked once, and must have everything that was acknowledged.
    List<LedgerState> states = copies.stream().map(LedgerCopy::linearizableState).toList();
    LedgerState first = states.get(0);
    for (LedgerState state : states) {
      assertThat(state.last()).as("last index in round %d", round).isEqualTo(first.last());
      assertThat(state.digest()).as("digest in round %d", round).isEqualTo(first.digest());
      assertThat(state.appliedThrough(state.teller())).isEqualTo(state.proposed());
      acknowledged.put(state.teller(), state.proposed());
    }
    assertThat(first.last()).isGreaterThan(lastIndex);
    lastIndex = first.last();
    assertBooksAreInOrder(first);
  }

  private void assertBooksAreInOrder(LedgerState state) {
    assertThat(state.accounts()).hasSizeGreaterThan(20);
    assertThat(state.accounts().values().stream().mapToLong(LedgerState.Account::balance).sum())
        .as("sum of all balances")
        .isEqualTo(0);
    assertThat(state.accounts().values())
        .allSatisfy(one -> assertThat(one.balance()).isGreaterThanOrEqualTo(one.limit()));
    assertThat(state.outcomes("repeated")).as("commands that are in the log twice").isEqualTo(0);
    assertThat(state.outcomes("malformed")).isEqualTo(0);
    acknowledged.forEach(
        (teller, proposed) ->
            assertThat(state.appliedThrough(teller))
                .as("commands of teller %s", teller)
                .isGreaterThanOrEqualTo(proposed));
  }

  private void assertItWasHard(SidecarCluster sidecarCluster) {
    LedgerState state = copies.get(0).linearizableState();
    report("index %d, %s".formatted(state.index(), state.json().get("outcomes")));
    report("restored %d times".formatted(linesWith("restored at index")));
    report("snapshots handed over: %d".formatted(linesWith("handed over index")));
    report("sessions lost: %d".formatted(linesWith("is gone, with")));
    assertThat(state.outcomes("moved")).isGreaterThan(500);
    assertThat(state.outcomes("refused: limit")).isGreaterThan(50);
    assertThat(linesWith("restored at index")).isGreaterThanOrEqualTo(5);
    assertThat(linesWith("is gone, with")).isGreaterThanOrEqualTo(3);
    for (SidecarProcess sidecar : sidecarCluster.all()) {
      Status status = sidecar.status().orElseThrow();
      report(
          "sidecar %s keeps the log from %d to %d"
              .formatted(
                  sidecar.id(), status.getOldestIndex(), status.getInfo().getAppliedIndex()));
      assertThat(status.getOldestIndex()).isGreaterThan(1);
      assertThat(status.getAlarmsList()).noneMatch(alarm -> alarm.contains("diverged"));
    }
  }

  private void assertNoneDiverged(SidecarCluster sidecarCluster) {
    List<Consumer> consumers =
        sidecarCluster
            .node(1)
            .log(5)
            .listConsumers(ListConsumersRequest.getDefaultInstance())
            .getConsumersList();
    assertThat(consumers).extracting(Consumer::getName).containsExactly("ledger");
    assertThat(consumers.get(0).getCopiesCount()).isEqualTo(3);
    assertThat(consumers.get(0).getDivergedAt()).isEqualTo(0);
  }

  private void awaitOrders(LedgerCopy copy, int orders) {
    long[] last = {-1};
    await("orders are executed")
        .atMost(PATIENCE)
        .pollInterval(POLL)
        .until(
            () -> {
              long moved = copy.state().map(one -> applied(one)).orElse(-1L);
              last[0] = last[0] < 0 ? moved : last[0];
              return last[0] >= 0 && moved >= last[0] + orders;
            });
  }

  private static long applied(LedgerState state) {
    return state.json().getAsJsonObject("outcomes").asMap().values().stream()
        .mapToLong(count -> count.getAsLong())
        .sum();
  }

  private long linesWith(String words) {
    return copies.stream().mapToLong(copy -> copy.linesWith(words)).sum();
  }

  private void count(String what) {
    happened.merge(what, 1, Integer::sum);
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private static void report(String what) {
    System.out.println("ledger: " + what);
  }
}
