package io.synod.sim.check;

import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Vote;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.Retention;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.port.StreamWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A journal that passes every call on to another one, which may change. */
public abstract class ForwardingJournal implements Journal {
  /** The journal that receives the next call. */
  protected abstract Journal journal();

  @Override
  public Recovered recovered() {
    return journal().recovered();
  }

  @Override
  public boolean check() {
    return journal().check();
  }

  @Override
  public boolean append(List<Write> writes) {
    return journal().append(writes);
  }

  @Override
  public boolean sync() {
    return journal().sync();
  }

  @Override
  public long recorded() {
    return journal().recorded();
  }

  @Override
  public boolean isFull() {
    return journal().isFull();
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    return journal().read(from, through, bytesMax);
  }

  @Override
  public List<Proposal> unapplied(long from, long through, int bytesMax) {
    return journal().unapplied(from, through, bytesMax);
  }

  @Override
  public boolean distrust(boolean wrong) {
    return journal().distrust(wrong);
  }

  @Override
  public boolean isDistrusted() {
    return journal().isDistrusted();
  }

  @Override
  public List<Vote> votes(long slot) {
    return journal().votes(slot);
  }

  @Override
  public long slotOfIndex(long index) {
    return journal().slotOfIndex(index);
  }

  @Override
  public long oldestSlot() {
    return journal().oldestSlot();
  }

  @Override
  public long oldestIndex() {
    return journal().oldestIndex();
  }

  @Override
  public StreamWriter stage(SnapshotMark mark) {
    return journal().stage(mark);
  }

  @Override
  public @Nullable StoredSnapshot snapshot() {
    return journal().snapshot();
  }

  @Override
  public boolean install(SnapshotMark mark) {
    return journal().install(mark);
  }

  @Override
  public void trim(Retention keep) {
    journal().trim(keep);
  }

  @Override
  public AppSnapshots appSnapshots() {
    return journal().appSnapshots();
  }

  @Override
  public long bytesOnDisk() {
    return journal().bytesOnDisk();
  }

  @Override
  public void close() {
    journal().close();
  }
}
