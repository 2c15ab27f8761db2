package io.synod.sim.cluster;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.Retention;
import io.synod.runtime.port.StreamWriter;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.core.Checkers;
import io.synod.sim.check.core.ObservedJournal;
import java.util.List;

/**
 * The production journal, observed by the checkers, which may crash the process before every
 * effect.
 */
final class JournalTap extends ObservedJournal {
  private final CrashPoint effects;
  private final JournalListener listener;

  /** Creates a tap that reports to these checkers as this node. */
  JournalTap(
      Journal journal,
      ObservedNode observedNode,
      Checkers checkers,
      CrashPoint effects,
      JournalListener listener) {
    super(journal, observedNode, checkers);
    this.effects = effects;
    this.listener = listener;
  }

  @Override
  public boolean append(List<Write> writes) {
    if (!writes.isEmpty()) {
      effects.before("write");
    }
    boolean all = super.append(writes);
    if (!all) {
      listener.lacksRoom();
    }
    return all;
  }

  @Override
  public boolean sync() {
    effects.before("sync");
    listener.beforeSync();
    boolean all = super.sync();
    effects.before("after sync");
    return all;
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    listener.read();
    return super.read(from, through, bytesMax);
  }

  @Override
  public StreamWriter stage(SnapshotMark mark) {
    StreamWriter streamWriter = super.stage(mark);
    return new StreamWriter() {
      @Override
      public void append(byte[] bytes) {
        effects.before("snapshot");
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
        effects.before("snapshot seal");
        streamWriter.seal();
        effects.before("snapshot sealed");
      }

      @Override
      public void close() {
        streamWriter.close();
      }
    };
  }

  @Override
  public boolean install(SnapshotMark mark) {
    effects.before("install");
    boolean done = super.install(mark);
    if (done) {
      effects.before("installed");
    }
    return done;
  }

  @Override
  public void trim(Retention keep) {
    effects.before("trim");
    super.trim(keep);
  }

  /** A listener for calls of the journal. */
  interface JournalListener {
    /** A sync begins, which may take time. */
    void beforeSync();

    /** Some of the appended writes did not fit on the disk. */
    void lacksRoom();

    /** Slots are read from the journal. */
    void read();
  }
}
