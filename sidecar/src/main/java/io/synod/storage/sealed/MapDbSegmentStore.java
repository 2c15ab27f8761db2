package io.synod.storage.sealed;

import io.synod.paxos.value.Check;
import io.synod.paxos.value.Vote;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.Retention;
import io.synod.storage.disk.FileDisk;
import io.synod.storage.disk.FileErrorReason;
import io.synod.storage.disk.NoSpaceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mapdb.DBException;

/**
 * The archive in MapDB: a directory of {@link Segment segments}, each sealed in one pass under a
 * temporary name, synced, read back, and only then given its own name, which is synced too.
 */
public final class MapDbSegmentStore implements SegmentStore {
  private static final long FULL_BELOW_BYTES = 1 << 20;
  private static final int MAPPED_MAX = 1_024;

  private final Path directory;
  private final long cluster;
  private final MapDbStreamStore streams;
  private final MappedSegments mapped;
  // Held while files are removed: the oldest first, so that the others have no gap.
  private final Object removing = new Object();
  private volatile SegmentList current;

  /**
   * The present segments. It is replaced as a whole.
   *
   * @param all consecutive
   */
  private record SegmentList(List<Segment> all, Span span) {
    static SegmentList of(List<Segment> all) {
      return new SegmentList(List.copyOf(all), SegmentFiles.span(all));
    }

    static SegmentList none(long slot, long commands) {
      return new SegmentList(List.of(), new Span(slot + 1, commands + 1, slot, commands));
    }
  }

  private MapDbSegmentStore(Path directory, long cluster, int mappedMax, SegmentList current) {
    this.directory = directory;
    this.cluster = cluster;
    this.streams = MapDbStreamStore.open(directory, cluster);
    this.mapped = new MappedSegments(mappedMax);
    this.current = current;
    current.all.forEach(mapped::add);
  }

  /**
   * Opens the segments in {@code directory}, which must exist, and removes incomplete ones.
   *
   * @throws JournalException if a segment is damaged or missing
   */
  public static MapDbSegmentStore open(Path directory, long cluster) {
    return open(directory, cluster, MAPPED_MAX);
  }

  /** With at most {@code mappedMax} segments mapped at a time, besides those being read. */
  static MapDbSegmentStore open(Path directory, long cluster, int mappedMax) {
    syncNames(directory);
    SegmentFiles files = SegmentFiles.list(directory);
    removeIncomplete(directory, files.incomplete());
    List<Segment> segments =
        SegmentFiles.open(
            files.sealed(),
            cluster,
            fault -> {
              throw fault;
            });
    SegmentList current = segments.isEmpty() ? SegmentList.none(0, 0) : SegmentList.of(segments);
    return new MapDbSegmentStore(directory, cluster, mappedMax, current);
  }

  /** An earlier process may have renamed a file and not synced that. */
  private static void syncNames(Path directory) {
    try {
      FileDisk.syncDirectory(directory);
    } catch (IOException e) {
      throw new JournalException(
          directory
              + ": its names cannot be synced: "
              + FileErrorReason.of(directory.toString(), e),
          e);
    }
  }

  private static void removeIncomplete(Path directory, List<Path> incomplete) {
    try {
      for (Path path : incomplete) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new JournalException(directory + ": " + FileErrorReason.of(directory.toString(), e), e);
    }
  }

  /** Whether a file of this name is a segment or an incomplete one. */
  public static boolean isOurs(String name) {
    return SegmentFiles.isOurs(name) || MapDbStreamStore.isOurs(name);
  }

  @Override
  public Span span() {
    return current.span;
  }

  @Override
  public void seal(List<Sealed> slots) throws NoSpaceException {
    long first = through() + 1;
    Check.that(!slots.isEmpty(), "a segment holds a slot");
    Path temporary = directory.resolve(SegmentFiles.temporaryName(first));
    Path path = path(first);
    try {
      Files.deleteIfExists(temporary);
      Segment.Footer written = Segment.write(temporary, cluster, slots);
      FileDisk.syncFile(temporary);
      Segment.open(temporary, cluster).verify(written);
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
      FileDisk.syncDirectory(directory);
      add(Segment.open(path, cluster));
    } catch (IOException | DBException e) {
      String text = path + ": cannot be sealed: " + SealedTable.reason(e);
      if (isFull(e)) {
        // The slots are still in the tail: the incomplete file only takes space.
        discard(temporary, path);
        throw new NoSpaceException(text, e);
      }
      throw new JournalException(text, e);
    }
  }

  private boolean isFull(Exception e) {
    try {
      return NoSpaceException.isMeantBy(e, directory, FULL_BELOW_BYTES);
    } catch (IOException unknown) {
      return false;
    }
  }

  private void discard(Path... files) {
    try {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      FileDisk.syncDirectory(directory);
    } catch (IOException e) {
      throw new JournalException(
          directory + ": cannot be cleared: " + FileErrorReason.of(directory.toString(), e), e);
    }
  }

  private synchronized void add(Segment segment) {
    mapped.add(segment);
    List<Segment> more = new ArrayList<>(current.all);
    more.add(segment);
    current = SegmentList.of(more);
  }

  @Override
  public void trim(long belowSlot, Retention keep) {
    synchronized (removing) {
      remove(takeOldest(belowSlot, keep));
    }
  }

  private synchronized List<Segment> takeOldest(long belowSlot, Retention keep) {
    List<Piece> pieces = new ArrayList<>();
    for (Segment segment : current.all) {
      Segment.Footer holds = segment.holds();
      pieces.add(new Piece(holds.last(), holds.nextIndex(), segment.bytes()));
    }
    int count = SegmentStore.removable(pieces, belowSlot, keep);
    List<Segment> removed = List.copyOf(current.all.subList(0, count));
    if (count > 0) {
      current = SegmentList.of(current.all.subList(count, current.all.size()));
    }
    return removed;
  }

  @Override
  public synchronized Runnable restart(long slot, long commands) {
    List<Segment> removed = current.all;
    current = SegmentList.none(slot, commands);
    return () -> {
      synchronized (removing) {
        remove(removed);
      }
    };
  }

  private void remove(List<Segment> oldestFirst) {
    for (Segment segment : oldestFirst) {
      mapped.remove(segment);
      try {
        Files.deleteIfExists(path(segment.holds().first()));
        FileDisk.syncDirectory(directory);
      } catch (IOException e) {
        throw new JournalException(
            directory + ": cannot be trimmed: " + FileErrorReason.of(directory.toString(), e), e);
      }
    }
  }

  private Path path(long first) {
    return directory.resolve(SegmentFiles.name(first));
  }

  @Override
  public StreamStore streams() {
    return streams;
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    List<ChosenSlot> page = new ArrayList<>();
    SegmentList now = current;
    long left = bytesMax;
    long last = Math.min(through, now.span.through());
    for (long slot = from; slot <= last && (page.isEmpty() || left > 0); slot++) {
      Sealed sealed = readOne(now, slot);
      if (sealed == null) {
        break;
      }
      left -= sealed.slot().proposal().batch().size();
      page.add(sealed.slot());
    }
    return page;
  }

  /** The slot; null if it is not in the archive, or no longer. */
  private @Nullable Sealed readOne(SegmentList current, long slot) {
    if (slot < current.span.first() || slot > current.span.through()) {
      return null;
    }
    Segment segment = holding(current.all, slot);
    SealedTable table = mapped.hold(segment);
    if (table == null) {
      return null;
    }
    try {
      return segment.read(table, slot);
    } finally {
      table.release();
    }
  }

  @Override
  public List<Vote> votes(long slot) {
    Sealed sealed = readOne(current, slot);
    return sealed == null ? List.of() : sealed.votes();
  }

  private static Segment holding(List<Segment> all, long slot) {
    int low = 0;
    int high = all.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (all.get(middle).holds().last() < slot) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return all.get(low);
  }

  @Override
  public long slotOfIndex(long index) {
    for (Segment segment : current.all) {
      SealedTable table = segment.holds().nextIndex() > index ? mapped.hold(segment) : null;
      if (table != null) {
        try {
          return slotIn(segment, table, index);
        } finally {
          table.release();
        }
      }
    }
    return 0;
  }

  private static long slotIn(Segment segment, SealedTable table, long index) {
    long low = segment.holds().first();
    long high = segment.holds().last();
    while (low < high) {
      long middle = (low + high) >>> 1;
      ChosenSlot slot = segment.read(table, middle).slot();
      if (slot.firstIndex() + slot.proposal().batch().count() <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public long bytes() {
    long bytes = streams.bytes();
    for (Segment segment : current.all) {
      bytes += segment.bytes();
    }
    return bytes;
  }

  @Override
  public synchronized void close() {
    current.all.forEach(mapped::remove);
    current = SegmentList.none(current.span.through(), current.span.commands());
    streams.close();
  }
}
