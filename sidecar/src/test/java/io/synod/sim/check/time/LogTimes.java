package io.synod.sim.check.time;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import io.synod.sim.check.core.Checker;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * Checks I13 for log time, by which a time to live is counted. Whatever the wall clocks of a
 * minority show, log time runs at most a fiftieth faster than true time, and stays near true time
 * if the clocks of a majority do. Under one leader it runs at most a fiftieth slower, even if all
 * wall clocks stand still. The checker looks at the times that leaders stamp on new batches, and at
 * those in answers to heartbeats.
 *
 * <p>A new leader may make up at once for the time that the change of leader cost, which is less
 * than an election time-out. If no majority of the clocks is right, nodes that are not connected
 * may start log time at different values, and the latest wins once they connect. In that case no
 * stamp may be later than the latest start, at its pace.
 */
public final class LogTimes implements Checker {
  private static final long MICROS = 1_000;
  // The tolerance of right clocks, for the difference of their speeds over a run.
  private static final long RIGHT_MICROS = 200 * MICROS;
  // A fiftieth, and the difference of two clocks' speeds.
  private static final long OFF_PER_MILLION = 21_100;
  private static final long MILLION = 1_000_000;

  private final Truth truth;
  private final LongSupplier trueMicros;
  private final ToLongFunction<ObservedNode> turnedMicros;
  private final long timeoutMicros;
  private final Set<Stamp> seen = new HashSet<>();
  // The lead of a stamp is its distance from a clock that runs at the fastest allowed pace. This is
  // the least lead.
  private long leastAhead = Long.MAX_VALUE;
  // The greatest lead, and the last seen process of each node.
  private long mostAhead = Long.MIN_VALUE / 2;
  private final Map<Integer, Integer> runs = new HashMap<>();
  // The first stamp of each leader.
  private final Map<Ballot, Led> led = new HashMap<>();

  /** What the run guarantees of the voters' wall clocks. */
  public enum Truth {
    /** No guarantee. */
    NONE,
    /** A majority is right, and some clocks may be behind. */
    NOT_AHEAD,
    /** A majority is right, and no clock is behind. */
    RIGHT
  }

  private record Led(long stampMicros, long atMicros) {}

  private record Stamp(long slot, long millis) {}

  /**
   * Creates a checker for a run whose true time is in microseconds since the epoch.
   *
   * @param turnedMicros when the previous turn of a node's process began
   */
  public LogTimes(
      Truth truth,
      LongSupplier trueMicros,
      ToLongFunction<ObservedNode> turnedMicros,
      long timeoutMicros) {
    this.truth = truth;
    this.trueMicros = trueMicros;
    this.turnedMicros = turnedMicros;
    this.timeoutMicros = timeoutMicros;
  }

  @Override
  public void onSent(ObservedNode observedNode, int to, Message message) {
    if (message instanceof Message.Accept accept) {
      stamped(
          observedNode,
          new Proposal(accept.slot(), accept.ballot(), accept.batch()),
          trueMicros.getAsLong());
    } else if (message instanceof Message.HeartbeatAck ack
        && ack.times().logTimeMillis() != Message.Times.UNKNOWN) {
      paced(observedNode, ahead(ack.times().logTimeMillis() * MICROS, trueMicros.getAsLong()));
    }
  }

  @Override
  public void written(ObservedNode observedNode, Write write) {
    if (write instanceof Write.Accepted accepted) {
      // A leader without peers writes in the turn after it stamped, and may have been paused in
      // between.
      stamped(observedNode, accepted.proposal(), turnedMicros.applyAsLong(observedNode));
    }
  }

  /** Checks a new stamp; later leaders propose the same stamp again. */
  private void stamped(ObservedNode observedNode, Proposal proposal, long atMicros) {
    Batch batch = proposal.batch();
    if (!batch.isNoOp() && seen.add(new Stamp(proposal.slot(), batch.logTimeMillis()))) {
      checker(observedNode, batch.logTimeMillis() * MICROS, atMicros);
      goesOn(proposal.ballot(), batch.logTimeMillis() * MICROS, atMicros);
    }
  }

  /**
   * Checks that log time follows the monotonic clock of a leader that lasts, whatever wall clocks
   * show.
   */
  private void goesOn(Ballot leader, long stamp, long now) {
    Led first = led.putIfAbsent(leader, new Led(stamp, now));
    if (first == null) {
      return;
    }
    long passed = now - first.atMicros;
    long least = passed - passed / MILLION * OFF_PER_MILLION - RIGHT_MICROS - timeoutMicros;
    if (stamp - first.stampMicros < least) {
      throw new Violation(
          "I13",
          "log time went on by "
              + (stamp - first.stampMicros) / MICROS
              + " ms while one leader counted "
              + passed / MICROS);
    }
  }

  private static long ahead(long stamp, long now) {
    return stamp - now - now / MILLION * OFF_PER_MILLION;
  }

  /**
   * Checks that a stamp is no later than the latest start; the first stamp of a process is a start.
   */
  private void paced(ObservedNode observedNode, long ahead) {
    Integer running = runs.put(observedNode.node(), observedNode.process());
    boolean began = running == null || running != observedNode.process();
    if (!began && ahead - mostAhead > RIGHT_MICROS + timeoutMicros) {
      throw new Violation(
          "I13",
          "log time gained "
              + (ahead - mostAhead) / MICROS
              + " ms more than the pace of the latest that any process began with");
    }
    mostAhead = Math.max(mostAhead, ahead);
  }

  private void checker(ObservedNode observedNode, long stamp, long now) {
    long ahead = ahead(stamp, now);
    paced(observedNode, ahead);
    boolean known = leastAhead != Long.MAX_VALUE;
    long slack = RIGHT_MICROS + timeoutMicros;
    if (known && truth == Truth.RIGHT && ahead - leastAhead > slack) {
      throw new Violation(
          "I13", "log time gained " + (ahead - leastAhead) / MICROS + " ms more than its pace");
    }
    if (truth != Truth.NONE && stamp - now > RIGHT_MICROS) {
      throw new Violation("I13", "log time is " + (stamp - now) / MICROS + " ms ahead");
    }
    if (truth == Truth.RIGHT && now - stamp > slack) {
      throw new Violation("I13", "log time is " + (now - stamp) / MICROS + " ms behind");
    }
    leastAhead = Math.min(leastAhead, ahead);
  }
}
