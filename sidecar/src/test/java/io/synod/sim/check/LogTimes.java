package io.synod.sim.check;

import io.synod.paxos.Batch;
import io.synod.paxos.Message;
import io.synod.paxos.Recovered;
import io.synod.paxos.Write;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * I13 for log time, which ends what has a time to live: whatever the wall clocks of a minority
 * show, it never goes on faster than true time by more than a fiftieth, and it is near true time
 * where the clocks of a majority are. Judged is what leaders stamp on commands of their own.
 *
 * <p>What a change of leader loses, log time may make up for at once. That is what messages take,
 * and here less than an election time-out. Where no majority of the clocks is right, nodes that do
 * not hear each other may begin it differently, by no more than their clocks differ; once they hear
 * each other, the later time holds.
 */
public final class LogTimes implements Judge {
  private static final long MICROS = 1_000;
  // Of right clocks, and what their speeds differ by in a world's time.
  private static final long RIGHT_MICROS = 200 * MICROS;
  // A fiftieth, and the difference of two clocks' speeds.
  private static final long FASTER_PER_MILLION = 21_100;
  private static final long MILLION = 1_000_000;

  private final Truth truth;
  private final LongSupplier trueMicros;
  private final long timeoutMicros;
  private final LongSupplier spreadMillis;
  private final Set<Stamp> seen = new HashSet<>();
  // The least that any stamp was ahead of a clock that goes too fast by what is allowed.
  private long leastAhead = Long.MAX_VALUE;
  private boolean restarted;

  /** What is known of the wall clocks of the voters. */
  public enum Truth {
    /** Nothing. */
    NONE,
    /** A majority is right, and some may be behind. */
    NOT_AHEAD,
    /** A majority is right, and none is behind. */
    RIGHT
  }

  private record Stamp(long slot, long millis) {}

  /**
   * For a world.
   *
   * @param trueMicros its true time, in microseconds since the epoch
   * @param timeoutMicros its election time-out
   * @param spreadMillis by how much any two of its wall clocks ever differed
   */
  public LogTimes(
      Truth truth, LongSupplier trueMicros, long timeoutMicros, LongSupplier spreadMillis) {
    this.truth = truth;
    this.trueMicros = trueMicros;
    this.timeoutMicros = timeoutMicros;
    this.spreadMillis = spreadMillis;
  }

  @Override
  public void began(Seat seat, Recovered found) {
    restarted |= leastAhead != Long.MAX_VALUE;
  }

  @Override
  public void said(Seat seat, int to, Message message) {
    if (message instanceof Message.Accept accept) {
      stamped(accept.slot(), accept.batch());
    }
  }

  @Override
  public void written(Seat seat, Write write) {
    if (write instanceof Write.Accepted accepted) {
      stamped(accepted.proposal().slot(), accepted.proposal().batch());
    }
  }

  /** What was stamped once is proposed again by later leaders. */
  private void stamped(long slot, Batch batch) {
    if (!batch.isNoOp() && seen.add(new Stamp(slot, batch.logTimeMillis()))) {
      judge(batch.logTimeMillis() * MICROS, trueMicros.getAsLong());
    }
  }

  private void judge(long stamp, long now) {
    long ahead = stamp - now - now / MILLION * FASTER_PER_MILLION;
    // Where all clocks may be wrong, only what runs on knows how much time passed.
    boolean paced = truth == Truth.RIGHT || !restarted;
    boolean known = leastAhead != Long.MAX_VALUE;
    long slack = RIGHT_MICROS + timeoutMicros;
    long begun = truth == Truth.RIGHT ? 0 : spreadMillis.getAsLong() * MICROS;
    if (known && paced && ahead - leastAhead > slack + begun) {
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
