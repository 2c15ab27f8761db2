package io.synod.sim;

import io.synod.paxos.Bytes;
import io.synod.paxos.Write;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Intake;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.Retention;
import io.synod.runtime.port.SnapshotMark;
import io.synod.sim.check.Court;
import io.synod.sim.check.Seat;
import java.util.List;

/** The shipped journal, with the judges listening and a crash possible at every call. */
final class TapJournal extends PassingJournal {
  private final Seat seat;
  private final Court court;
  private final Effects effects;
  private final Listener listener;
  // How many of the unsynced writes, the first ones, found room.
  private int written;

  /** With the judges of {@code court} for this seat. */
  TapJournal(Journal journal, Seat seat, Court court, Effects effects, Listener listener) {
    super(journal);
    this.seat = seat;
    this.court = court;
    this.effects = effects;
    this.listener = listener;
  }

  @Override
  public boolean append(List<Write> writes) {
    if (writes.isEmpty()) {
      return tried(super.append(writes));
    }
    effects.before("write");
    for (Write write : writes) {
      seat.unsynced().add(write);
      seat.written().take(write);
      court.written(seat, write);
    }
    return tried(super.append(writes));
  }

  private boolean tried(boolean all) {
    if (all) {
      written = seat.unsynced().size();
    } else {
      listener.lacksRoom();
    }
    return all;
  }

  @Override
  public boolean sync() {
    effects.before("sync");
    listener.beforeSync();
    boolean all = super.sync();
    List<Write> synced = seat.unsynced().subList(0, all ? seat.unsynced().size() : written);
    for (Write write : synced) {
      seat.durable().take(write);
      court.synced(seat, write);
    }
    synced.clear();
    written = 0;
    effects.before("after sync");
    return all;
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    listener.read();
    return super.read(from, through, bytesMax);
  }

  @Override
  public Intake stage(SnapshotMark mark) {
    Intake intake = super.stage(mark);
    return new Intake() {
      @Override
      public void append(byte[] bytes) {
        effects.before("snapshot");
        intake.append(bytes);
      }

      @Override
      public long bytes() {
        return intake.bytes();
      }

      @Override
      public Bytes sha256() {
        return intake.sha256();
      }

      @Override
      public void seal() {
        effects.before("snapshot seal");
        intake.seal();
        seat.written().sealed(mark.slot());
        court.sealed(seat, mark, intake.sha256());
        effects.before("snapshot sealed");
      }

      @Override
      public void close() {
        intake.close();
      }
    };
  }

  @Override
  public boolean install(SnapshotMark mark) {
    effects.before("install");
    boolean done = super.install(mark);
    if (done) {
      seat.written().jumped(mark.slot());
      seat.durable().jumped(mark.slot());
      effects.before("installed");
    }
    return done;
  }

  @Override
  public void trim(Retention keep) {
    effects.before("trim");
    super.trim(keep);
  }

  /** Who wants to know what is asked of the disk. */
  interface Listener {
    /** A sync begins; it may take its time. */
    void beforeSync();

    /** There is no room for all that was appended. */
    void lacksRoom();

    /** Slots are read back. */
    void read();
  }
}
