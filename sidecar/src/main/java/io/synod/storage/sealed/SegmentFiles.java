package io.synod.storage.sealed;

import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.FileErrorReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of segments in a directory, in the order of their slots. Listing and opening them
 * changes nothing.
 *
 * @param sealed the segments
 * @param incomplete those that a process was writing when it ended
 */
record SegmentFiles(List<Path> sealed, List<Path> incomplete) {
  private static final String SEALED = ".mapdb";
  private static final String INCOMPLETE = ".tmp";
  private static final Pattern NAME = Pattern.compile("segment-[0-9a-f]{16}(\\.mapdb|\\.tmp)");

  /** Lists the files in {@code directory}, which must exist. */
  static SegmentFiles list(Path directory) {
    List<Path> sealed = new ArrayList<>();
    List<Path> incomplete = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path path : files.sorted().toList()) {
        String name = path.getFileName().toString();
        if (isOurs(name)) {
          (name.endsWith(SEALED) ? sealed : incomplete).add(path);
        }
      }
    } catch (IOException e) {
      throw new JournalException(directory + ": " + FileErrorReason.of(directory.toString(), e), e);
    }
    return new SegmentFiles(sealed, incomplete);
  }

  /** Whether a file of this name is a segment or an incomplete one. */
  static boolean isOurs(String name) {
    return NAME.matcher(name).matches();
  }

  /** The name of the segment that begins with this slot. */
  static String name(long first) {
    return prefix(first) + SEALED;
  }

  /** The name of that segment while it is written. */
  static String temporaryName(long first) {
    return prefix(first) + INCOMPLETE;
  }

  private static String prefix(long first) {
    return String.format(Locale.ROOT, "segment-%016x", first);
  }

  /**
   * Opens segments, and checks that each continues the one before it.
   *
   * @param faults receives each segment that is damaged or missing; if it returns, the others are
   *     opened
   */
  static List<Segment> open(List<Path> sealed, long cluster, Consumer<JournalException> faults) {
    List<Segment> segments = new ArrayList<>();
    // Null at the beginning, and after a damaged one.
    Segment.Footer before = null;
    for (Path path : sealed) {
      Segment segment;
      try {
        segment = Segment.open(path, cluster);
      } catch (JournalException e) {
        before = null;
        faults.accept(e);
        continue;
      }
      if (before != null && !before.isFollowedBy(segment.holds())) {
        faults.accept(gap(path, before, segment.holds()));
      }
      segments.add(segment);
      before = segment.holds();
    }
    return segments;
  }

  /** The range of these segments, of which there is at least one. */
  static SegmentStore.Span span(List<Segment> segments) {
    Segment.Footer first = segments.get(0).holds();
    Segment.Footer last = segments.get(segments.size() - 1).holds();
    return new SegmentStore.Span(
        first.first(), first.firstIndex(), last.last(), last.nextIndex() - 1);
  }

  private static JournalException gap(Path path, Segment.Footer before, Segment.Footer holds) {
    return new JournalException(
        path
            + ": begins at slot "
            + holds.first()
            + ", but slot "
            + (before.last() + 1)
            + " is expected");
  }
}
