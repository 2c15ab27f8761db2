package io.synod.sim.check.core;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * I13 for log time, which ends what has a time to live: whatever the wall clocks of a minority
 * show, it never goes on faster than true time by more than a fiftieth, and it is near true time
 * where the clocks of a majority are. While one leader lasts it goes on no slower than that either,
 * also where all wall clocks stand still. Judged is what leaders stamp on commands of their own.
 *
 * <p>What a change of leader loses, log time may make up for at once. That is what messages take,
 * and here less than an election time-out. Where no majority of the clocks is right, nodes that do
 * not hear each other may begin it differently, and the latest holds once they meet: there nobody's
 * may be later than the latest that any process began with, at its pace.
 */
public final class LogTimes implements Checker {
  private static final long MICROS = 1_000;
  // Of right clocks, and what their speeds differ by in a world's time.
  private static final long RIGHT_MICROS = 200 * MICROS;
  // A fiftieth, and the difference of two clocks' speeds.
  private static final long OFF_PER_MILLION = 21_100;
  private static final long MILLION = 1_000_000;

  private final Truth truth;
  private final LongSupplier trueMicros;
  private final ToLongFunction<ObservedNode> turnedMicros;
  private final long timeoutMicros;
  private final Set<Stamp> seen = new HashSet<>();
  // The least that any stamp was ahead of a clock that goes too fast by what is allowed.
  private long leastAhead = Long.MAX_VALUE;
  // The most that any was ahead, and which process of each node has begun it.
  private long mostAhead = Long.MIN_VALUE / 2;
  private final Map<Integer, Integer> runs = new HashMap<>();
  // The first stamp of each leader.
  private final Map<Ballot, Led> led = new HashMap<>();

  /** What is known of the wall clocks of the voters. */
  public enum Truth {
    /** Nothing. */
    NONE,
    /** A majority is right, and some may be behind. */
    NOT_AHEAD,
    /** A majority is right, and none is behind. */
    RIGHT
  }

  private record Led(long stampMicros, long atMicros) {}

  private record Stamp(long slot, long millis) {}

  /**
   * For a world that counts its true time in microseconds since the epoch.
   *
   * @param turnedMicros when the turn before this one of the process of a node began
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
  public void said(ObservedNode observedNode, int to, Message message) {
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
      // A leader without peers writes in the turn after it stamped, and may be paused between.
      stamped(observedNode, accepted.proposal(), turnedMicros.applyAsLong(observedNode));
    }
  }

  /** What was stamped once is proposed again by later leaders. */
  private void stamped(ObservedNode observedNode, Proposal proposal, long atMicros) {
    Batch batch = proposal.batch();
    if (!batch.isNoOp() && seen.add(new Stamp(proposal.slot(), batch.logTimeMillis()))) {
      judge(observedNode, batch.logTimeMillis() * MICROS, atMicros);
      goesOn(proposal.ballot(), batch.logTimeMillis() * MICROS, atMicros);
    }
  }

  /** While one leader lasts, log time goes on by its monotonic clock, whatever any wall clock. */
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

  /** The first of a process begins it; then it is no later than the latest that began. */
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

  private void judge(ObservedNode observedNode, long stamp, long now) {
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
