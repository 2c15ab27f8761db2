package io.synod.paxos;

/** What any node reported to be chosen. */
final class ReportedLog {
  private long through;
  private long index;

  ReportedLog(long through) {
    this.through = through;
  }

  /** The highest slot. */
  long through() {
    return through;
  }

  /** The highest index of a command. */
  long index() {
    return index;
  }

  /** Some node knows the slots up to this one to be chosen. */
  void observe(long slot) {
    through = Math.max(through, slot);
  }

  /** As above; the last command in these slots has this index. */
  void observe(long slot, long lastIndex) {
    observe(slot);
    index = Math.max(index, lastIndex);
  }
}
