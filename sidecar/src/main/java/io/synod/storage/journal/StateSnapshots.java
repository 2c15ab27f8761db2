package io.synod.storage.journal;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.port.StreamWriter;
import io.synod.storage.disk.Disk;
import io.synod.storage.sealed.SegmentStore;
import io.synod.storage.sealed.StreamStore;
import io.synod.storage.tail.SuperblockCopy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of the replicated state in a stream store. Only the newest counts: a new one is
 * complete before the previous one is removed, so after a crash there may be two. Any thread may
 * call any method.
 */
final class StateSnapshots {
  private static final String SHELF = "snapshot";
  private static final int NOTE_BYTES = 24;
  // It exists while the state here is wrong.
  private static final StreamStore.Label DISTRUST = new StreamStore.Label("distrust", 1);

  private final StreamStore streams;
  // The damage that was found at opening.
  private final @Nullable JournalException damage;
  private volatile SnapshotMark newest;
  private volatile boolean distrusted;

  private StateSnapshots(
      StreamStore streams, SnapshotMark newest, @Nullable JournalException damage) {
    this.streams = streams;
    this.newest = newest;
    this.damage = damage;
    this.distrusted = !streams.labels(DISTRUST.group()).isEmpty();
  }

  /** Whether there are any, intact or not. */
  static boolean anyIn(StreamStore streams) {
    return !streams.labels(SHELF).isEmpty();
  }

  /** Reads the snapshots in {@code streams}, newest first, until one is intact. */
  static StateSnapshots open(StreamStore streams) {
    List<StreamStore.Label> labels = new ArrayList<>(streams.labels(SHELF));
    Collections.reverse(labels);
    JournalException damage = null;
    for (StreamStore.Label label : labels) {
      try (StreamStore.StoredStream kept = streams.open(label)) {
        if (kept != null) {
          return new StateSnapshots(streams, verified(label, kept), damage);
        }
      } catch (JournalException e) {
        damage = damage == null ? e : damage;
      }
    }
    return new StateSnapshots(streams, SnapshotMark.NONE, damage);
  }

  /** The slots of all snapshots, ascending, intact or not. */
  static List<StreamStore.Label> labels(StreamStore streams) {
    return streams.labels(SHELF);
  }

  /**
   * Reads all of a snapshot.
   *
   * @throws JournalException if it is damaged
   */
  static SnapshotMark verified(StreamStore.Label label, StreamStore.StoredStream kept) {
    kept.verify();
    return decode(label, kept.note());
  }

  private static Bytes encode(SnapshotMark mark) {
    ByteBuffer note = ByteBuffer.allocate(NOTE_BYTES);
    note.putLong(mark.index()).putLong(mark.logTimeMillis()).putLong(mark.digest());
    return Bytes.of(note.array());
  }

  private static SnapshotMark decode(StreamStore.Label label, Bytes note) {
    if (note.size() != NOTE_BYTES) {
      throw new JournalException("the snapshot of slot " + label.number() + " has no mark");
    }
    ByteBuffer in = ByteBuffer.wrap(note.array());
    return new SnapshotMark(label.number(), in.getLong(), in.getLong(), in.getLong());
  }

  /** The mark of the newest intact one; NONE if there is none. */
  SnapshotMark newest() {
    return newest;
  }

  /** Records durably whether the state here is wrong. */
  synchronized void distrust(boolean wrong) {
    if (wrong && !distrusted) {
      try (StreamWriter marker = streams.stage(DISTRUST, Bytes.EMPTY)) {
        marker.seal();
      }
    } else if (!wrong && distrusted) {
      streams.delete(DISTRUST);
    }
    distrusted = wrong;
  }

  /** Whether the state here is recorded to be wrong. */
  boolean isDistrusted() {
    return distrusted;
  }

  /** Throws unless an intact one reaches the slots before the beginning of the archive. */
  void mustReachBeginning(SegmentStore.Span archive, Disk disk) {
    mustReach(
        archive.first() - 1,
        disk.path("")
            + ": the log begins at slot "
            + archive.first()
            + ", and no snapshot holds the earlier slots");
  }

  /** Throws unless an intact one reaches the slots that an archive which ends too early lacks. */
  void mustReachSealed(SuperblockCopy.State known, long archivedThrough, Disk disk) {
    mustReach(
        known.sealed(),
        disk.path("")
            + ": sealed through slot "
            + known.sealed()
            + ", but the archive ends at "
            + archivedThrough);
  }

  /** Throws, with the damage or else {@code otherwise}, unless an intact one reaches this slot. */
  private void mustReach(long slot, String otherwise) {
    if (newest.slot() < slot) {
      throw damage == null ? new JournalException(otherwise) : damage;
    }
  }

  /** Removes all but the newest intact one: newer ones are damaged. It is called during opening. */
  void removeOthers() {
    long kept = newest.slot();
    for (StreamStore.Label label : streams.labels(SHELF)) {
      if (label.number() > kept) {
        streams.delete(label);
      }
    }
    removeOlder();
  }

  private void removeOlder() {
    long kept = newest.slot();
    for (StreamStore.Label label : streams.labels(SHELF)) {
      if (label.number() < kept) {
        streams.delete(label);
      }
    }
  }

  /** The newest intact one, which the caller must close; null if there is none. */
  @Nullable StoredSnapshot open() {
    while (true) {
      SnapshotMark mark = newest;
      if (mark.slot() == 0) {
        return null;
      }
      StreamStore.StoredStream kept = streams.open(new StreamStore.Label(SHELF, mark.slot()));
      if (kept != null) {
        return new StoredSnapshot(mark, kept);
      }
      if (mark.equals(newest)) {
        throw new JournalException("the snapshot of slot " + mark.slot() + " is missing");
      }
    }
  }

  StreamWriter stage(SnapshotMark mark) {
    StreamWriter streamWriter =
        streams.stage(new StreamStore.Label(SHELF, mark.slot()), encode(mark));
    return new Staged(streamWriter, mark);
  }

  private void sealed(SnapshotMark mark) {
    synchronized (this) {
      newest = mark.slot() >= newest.slot() ? mark : newest;
    }
    Check.that(
        newest.slot() >= mark.slot(), "the newest snapshot is kept", newest.slot(), mark.slot());
    removeOlder();
  }

  /** It becomes the newest once it is sealed. */
  private final class Staged implements StreamWriter {
    private final StreamWriter streamWriter;
    private final SnapshotMark mark;

    private Staged(StreamWriter streamWriter, SnapshotMark mark) {
      this.streamWriter = streamWriter;
      this.mark = mark;
    }

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
      sealed(mark);
    }

    @Override
    public void close() {
      streamWriter.close();
    }
  }
}
