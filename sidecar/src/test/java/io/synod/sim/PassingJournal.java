package io.synod.sim;

import io.synod.paxos.Recovered;
import io.synod.paxos.Vote;
import io.synod.paxos.Write;
import io.synod.runtime.ChosenSlot;
import io.synod.runtime.Journal;
import java.util.List;

/** A journal in front of another, that passes everything on. */
class PassingJournal implements Journal {
  private final Journal journal;

  PassingJournal(Journal journal) {
    this.journal = journal;
  }

  @Override
  public Recovered recovered() {
    return journal.recovered();
  }

  @Override
  public void append(List<Write> writes) {
    journal.append(writes);
  }

  @Override
  public void sync() {
    journal.sync();
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    return journal.read(from, through, bytesMax);
  }

  @Override
  public List<Vote> votes(long slot) {
    return journal.votes(slot);
  }

  @Override
  public long slotOfIndex(long index) {
    return journal.slotOfIndex(index);
  }

  @Override
  public long bytesOnDisk() {
    return journal.bytesOnDisk();
  }

  @Override
  public void close() {
    journal.close();
  }
}
