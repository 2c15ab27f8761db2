package io.synod.bench.failover;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.synod.bench.cluster.BenchCluster;
import io.synod.bench.load.BenchTarget;
import io.synod.bench.load.MemberStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Asks all members of a cluster for their status. */
final class MemberPolls implements AutoCloseable {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(2);
  private static final long POLL_MILLIS = 50;

  private final BenchTarget subject;
  private final List<ManagedChannel> channels = new ArrayList<>();

  MemberPolls(BenchTarget subject, BenchCluster cluster) {
    this.subject = subject;
    cluster.endpoints().forEach(endpoint -> channels.add(endpoint.channel().build()));
  }

  /** The status of each member that answers. */
  private List<MemberStatus> statuses() {
    List<MemberStatus> statuses = new ArrayList<>();
    for (ManagedChannel channel : channels) {
      try {
        // A member that was down is connected to at once.
        channel.resetConnectBackoff();
        statuses.add(subject.status(channel, CALL_TIMEOUT));
      } catch (StatusRuntimeException down) {
        // The others show whether the cluster has a leader.
      }
    }
    return statuses;
  }

  /** The leader that all members follow, from 0; empty if they do not all follow one. */
  OptionalInt leader() {
    return leader(statuses(), 0);
  }

  /**
   * Waits until all members follow one leader, are connected, and have applied what any of them has
   * applied now.
   */
  void awaitInStep(Duration patience) throws IOException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    List<MemberStatus> statuses = statuses();
    long wanted = statuses.stream().mapToLong(MemberStatus::applied).max().orElse(0);
    while (leader(statuses, wanted).isEmpty()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException(
            subject.title() + " is not in step after " + patience.toSeconds() + " s: " + statuses);
      }
      Thread.sleep(POLL_MILLIS);
      statuses = statuses();
    }
  }

  /** The leader of members that are in step; empty if they are not. */
  static OptionalInt leader(List<MemberStatus> statuses, long wanted) {
    boolean inStep =
        statuses.size() == BenchCluster.MEMBERS
            && statuses.stream().map(MemberStatus::leader).distinct().count() == 1
            && statuses.stream().filter(MemberStatus::leads).count() == 1
            && statuses.stream().allMatch(MemberStatus::connected)
            && statuses.stream().allMatch(status -> status.applied() >= wanted);
    if (!inStep) {
      return OptionalInt.empty();
    }
    for (int i = 0; i < statuses.size(); i++) {
      if (statuses.get(i).leads()) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
