package io.synod.transport;

/**
 * Checks the fields of frames from peers. In protobuf an absent number reads as 0, so 0 is refused
 * where it has no meaning; a number above {@code Long.MAX_VALUE} reads as negative.
 */
final class FieldChecks {
  /** No log and no election reaches this number, and sums with such numbers do not overflow. */
  private static final long NUMBER_MAX = 1L << 62;

  private FieldChecks() {}

  static void that(boolean condition, String complaint) throws MalformedFrame {
    if (!condition) {
      throw new MalformedFrame(complaint);
    }
  }

  static int node(int node, String what) throws MalformedFrame {
    if (node <= 0) {
      throw new MalformedFrame(what + " is node " + node);
    }
    return node;
  }

  static long incarnation(long incarnation, String what) throws MalformedFrame {
    if (incarnation == 0) {
      throw new MalformedFrame(what + " has no incarnation");
    }
    return incarnation;
  }

  static long round(long round) throws MalformedFrame {
    if (round <= 0 || round > NUMBER_MAX) {
      throw new MalformedFrame("a ballot's round is " + round);
    }
    return round;
  }

  /** The number of a slot that exists. */
  static long slot(long slot, String what) throws MalformedFrame {
    if (slot <= 0 || slot > NUMBER_MAX) {
      throw new MalformedFrame(what + " slot is " + slot);
    }
    return slot;
  }

  static long age(long nanos, String what) throws MalformedFrame {
    if (nanos < 0 || nanos > NUMBER_MAX) {
      throw new MalformedFrame(what + " is " + nanos + " nanoseconds old");
    }
    return nanos;
  }

  /** The end of a prefix of the log, as a slot or an index; 0 for an empty prefix. */
  static long through(long end, String what) throws MalformedFrame {
    if (end < 0 || end > NUMBER_MAX) {
      throw new MalformedFrame(what + " is " + end);
    }
    return end;
  }

  /** Any number that is not negative. */
  static long count(long count, String what) throws MalformedFrame {
    if (count < 0) {
      throw new MalformedFrame(what + " is " + count);
    }
    return count;
  }

  static int count(int count, String what) throws MalformedFrame {
    return (int) count((long) count, what);
  }
}
