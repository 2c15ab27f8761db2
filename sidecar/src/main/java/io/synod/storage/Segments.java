package io.synod.storage;

import io.synod.paxos.Vote;
import io.synod.runtime.ChosenSlot;
import io.synod.runtime.JournalException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.mapdb.DBException;

/**
 * The archive in MapDB: a directory of {@link Segment segments}, each sealed in one pass under a
 * temporary name, synced, read back, and only then given its own name, which is synced too.
 */
public final class Segments implements Archive {
  static final Pattern NAME = Pattern.compile("segment-[0-9a-f]{16}(\\.mapdb|\\.tmp)");

  private static final String TEMPORARY = ".tmp";

  private final Path directory;
  private final long cluster;
  // Invariant: consecutive from slot 1 and index 1. Replaced as a whole.
  private volatile List<Segment> segments;

  private Segments(Path directory, long cluster, List<Segment> segments) {
    this.directory = directory;
    this.cluster = cluster;
    this.segments = segments;
  }

  /**
   * Opens the segments in {@code directory}, which must exist, and removes what was half sealed.
   *
   * @throws JournalException if a segment is damaged or missing
   */
  public static Segments open(Path directory, long cluster) {
    List<Segment> segments = new ArrayList<>();
    long nextSlot = 1;
    long nextIndex = 1;
    for (Path path : sealed(directory)) {
      Segment segment = Segment.open(path, cluster);
      Segment.Footer holds = segment.holds();
      if (holds.first() != nextSlot || holds.firstIndex() != nextIndex) {
        throw new JournalException(
            path + ": begins with slot " + holds.first() + ", but slot " + nextSlot + " follows");
      }
      nextSlot = holds.last() + 1;
      nextIndex = holds.nextIndex();
      segments.add(segment);
    }
    return new Segments(directory, cluster, List.copyOf(segments));
  }

  private static List<Path> sealed(Path directory) {
    List<Path> sealed = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path path : files.sorted().toList()) {
        if (path.toString().endsWith(TEMPORARY)) {
          Files.delete(path);
        } else {
          sealed.add(path);
        }
      }
      return sealed;
    } catch (IOException e) {
      throw new JournalException(directory + ": " + e.getMessage(), e);
    }
  }

  @Override
  public long through() {
    List<Segment> all = segments;
    return all.isEmpty() ? 0 : all.get(all.size() - 1).holds().last();
  }

  @Override
  public long commands() {
    List<Segment> all = segments;
    return all.isEmpty() ? 0 : all.get(all.size() - 1).holds().nextIndex() - 1;
  }

  @Override
  public void seal(List<Sealed> slots) {
    String name = String.format(Locale.ROOT, "segment-%016x", through() + 1);
    Path temporary = directory.resolve(name + TEMPORARY);
    Path path = directory.resolve(name + ".mapdb");
    try {
      Files.deleteIfExists(temporary);
      Segment.Footer written = Segment.write(temporary, cluster, slots);
      sync(temporary);
      Segment check = Segment.open(temporary, cluster);
      try {
        check.verify(written);
      } finally {
        check.close();
      }
      Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
      FileDisk.syncDirectory(directory);
      List<Segment> more = new ArrayList<>(segments);
      more.add(Segment.open(path, cluster));
      segments = List.copyOf(more);
    } catch (IOException | DBException e) {
      throw new JournalException(path + ": cannot be sealed: " + e.getMessage(), e);
    }
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  @Override
  public List<ChosenSlot> read(long from, long through, int bytesMax) {
    List<ChosenSlot> page = new ArrayList<>();
    List<Segment> all = segments;
    long left = bytesMax;
    long last = Math.min(through, through());
    for (long slot = from; slot <= last && (page.isEmpty() || left > 0); slot++) {
      ChosenSlot chosen = holding(all, slot).read(slot).slot();
      left -= chosen.proposal().batch().size();
      page.add(chosen);
    }
    return page;
  }

  @Override
  public List<Vote> votes(long slot) {
    return slot < 1 || slot > through() ? List.of() : holding(segments, slot).read(slot).votes();
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
    long wanted = Math.max(1, index);
    List<Segment> all = segments;
    for (Segment segment : all) {
      if (segment.holds().nextIndex() > wanted) {
        return slotIn(segment, wanted);
      }
    }
    return 0;
  }

  private static long slotIn(Segment segment, long index) {
    long low = segment.holds().first();
    long high = segment.holds().last();
    while (low < high) {
      long middle = (low + high) >>> 1;
      ChosenSlot slot = segment.read(middle).slot();
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
    long bytes = 0;
    for (Segment segment : segments) {
      bytes += segment.bytes();
    }
    return bytes;
  }

  @Override
  public void close() {
    segments.forEach(Segment::close);
  }
}
