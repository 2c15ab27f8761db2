package io.synod.bench.failover;

import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.load.BenchTarget;
import io.synod.cli.shared.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;

/** Lets the leaders of one cluster fail, one after the other. */
final class FailoverTrial implements AutoCloseable {
  /** How long a write is waited for. */
  static final Duration WRITE_PATIENCE = Duration.ofSeconds(30);

  private static final Duration IN_STEP_PATIENCE = Duration.ofSeconds(60);
  private static final int LEADER_TRIES = 10;
  private static final int WRITING_MILLIS_MIN = 1_000;
  private static final int AFTER_MILLIS = 1_000;
  private static final int SETTLED_MILLIS_MIN = 2_000;
  // Longer than a heartbeat's interval, so that faults fall on any time between two heartbeats.
  private static final int RANDOM_MILLIS = 1_000;

  private final BenchTarget subject;
  private final BenchCluster cluster;
  private final LeaderFault fault;
  private final MemberPolls polls;
  private final Random random = new Random();

  FailoverTrial(BenchTarget subject, BenchCluster cluster, LeaderFault fault) {
    this.subject = subject;
    this.cluster = cluster;
    this.fault = fault;
    this.polls = new MemberPolls(subject, cluster);
  }

  /** Waits until all members are in step, and some seconds more. */
  void settle() throws IOException, InterruptedException {
    polls.awaitInStep(IN_STEP_PATIENCE);
    Thread.sleep(SETTLED_MILLIS_MIN + random.nextInt(RANDOM_MILLIS));
  }

  /** Lets the leader fail, and repairs it; all members are in step before and afterwards. */
  FailoverRound round() throws IOException, InterruptedException {
    for (int i = 0; i < LEADER_TRIES; i++) {
      OptionalInt leader = polls.leader();
      if (leader.isEmpty()) {
        settle();
        continue;
      }
      try (RoundWriters writers = RoundWriters.start(subject, others(leader.getAsInt()))) {
        Thread.sleep(WRITING_MILLIS_MIN + random.nextInt(RANDOM_MILLIS));
        boolean writing =
            writers.awaitAckOfSentSince(System.nanoTime(), WRITE_PATIENCE).isPresent();
        if (writing && polls.leader().equals(leader)) {
          return fail(leader.getAsInt(), writers);
        }
      }
    }
    throw new IOException(subject.title() + " changes its leader, or refuses writes, all the time");
  }

  private FailoverRound fail(int leader, RoundWriters writers)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    fault.begin(cluster, leader);
    OptionalLong acked = writers.awaitAckOfSentSince(System.nanoTime(), WRITE_PATIENCE);
    if (acked.isPresent()) {
      // Writes may stop again.
      Thread.sleep(AFTER_MILLIS);
    }
    double gap = acked.isPresent() ? (acked.getAsLong() - begun) / 1e9 : Double.POSITIVE_INFINITY;
    double longest = writers.longestGap(begun).toNanos() / 1e9;
    FailoverRound round = new FailoverRound(gap, longest, writers.failedCalls());
    writers.close();
    fault.end(cluster, leader);
    settle();
    return round;
  }

  private List<Endpoint> others(int leader) {
    List<Endpoint> others = new ArrayList<>(cluster.endpoints());
    others.remove(leader);
    return others;
  }

  @Override
  public void close() {
    polls.close();
  }
}
