package io.synod.sim.check.core;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.StreamWriter;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.PassingJournal;
import java.util.List;

/** The production journal of one node, which reports its writes and syncs to the checkers. */
public class ObservedJournal extends PassingJournal {
  private final ObservedNode observedNode;
  private final Checkers checkers;
  // How many of the unsynced writes were taken by the disk; the rest did not fit.
  private int written;

  /** Creates a journal in front of {@code journal}, the disk of {@code observedNode}. */
  public ObservedJournal(Journal journal, ObservedNode observedNode, Checkers checkers) {
    super(journal);
    this.observedNode = observedNode;
    this.checkers = checkers;
  }

  @Override
  public boolean append(List<Write> writes) {
    for (Write write : writes) {
      observedNode.unsynced().add(write);
      observedNode.written().take(write);
      checkers.written(observedNode, write);
    }
    boolean all = super.append(writes);
    if (all) {
      written = observedNode.unsynced().size();
    }
    return all;
  }

  @Override
  public boolean sync() {
    boolean all = super.sync();
    List<Write> synced =
        observedNode.unsynced().subList(0, all ? observedNode.unsynced().size() : written);
    for (Write write : synced) {
      observedNode.durable().take(write);
      checkers.synced(observedNode, write);
    }
    synced.clear();
    written = 0;
    return all;
  }

  @Override
  public StreamWriter stage(SnapshotMark mark) {
    StreamWriter streamWriter = super.stage(mark);
    return new StreamWriter() {
      @Override
      public void append(byte[] bytes) {
        streamWriter.append(bytes);
      }

      @Override
      public long bytes() {
        return streamWriter.bytes();
      }

      @Override
      public Bytes sha256() {
        return streamWriter.sha256();
      }

      @Override
      public void seal() {
        streamWriter.seal();
        observedNode.written().sealed(mark.slot());
        checkers.sealed(observedNode, mark, streamWriter.sha256());
      }

      @Override
      public void close() {
        streamWriter.close();
      }
    };
  }

  @Override
  public boolean install(SnapshotMark mark) {
    boolean done = super.install(mark);
    if (done) {
      observedNode.written().jumped(mark.slot());
      observedNode.durable().jumped(mark.slot());
    }
    return done;
  }
}
