package io.synod.storage.sealed;

import io.synod.runtime.port.JournalException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * The segments of a directory that no sidecar uses, for reading. The files are mapped read-only and
 * never changed.
 */
public final class SealedLog {
  private final List<Segment> segments;
  private final List<Path> incomplete;

  /** The range and the length of one segment. */
  public record SealedFile(
      String name, long firstSlot, long lastSlot, long firstIndex, long lastIndex, long bytes) {}

  /** Receives slots in order. */
  public interface SlotVisitor {
    /** Returns whether to continue. */
    boolean visit(String file, SegmentStore.Sealed slot);
  }

  private SealedLog(List<Segment> segments, List<Path> incomplete) {
    this.segments = segments;
    this.incomplete = incomplete;
  }

  /**
   * Opens the segments in {@code directory}, which must exist.
   *
   * @param faults receives each segment that is damaged or missing
   */
  public static SealedLog open(Path directory, long cluster, Consumer<JournalException> faults) {
    SegmentFiles files = SegmentFiles.list(directory);
    return new SealedLog(SegmentFiles.open(files.sealed(), cluster, faults), files.incomplete());
  }

  /** The range of the slots, some of which may be missing if there were faults. */
  public SegmentStore.Span span() {
    return segments.isEmpty() ? new SegmentStore.Span(1, 1, 0, 0) : SegmentFiles.span(segments);
  }

  /** The intact segments, in the order of their slots. */
  public List<SealedFile> files() {
    return segments.stream().map(SealedLog::file).toList();
  }

  private static SealedFile file(Segment segment) {
    Segment.Footer holds = segment.holds();
    return new SealedFile(
        name(segment),
        holds.first(),
        holds.last(),
        holds.firstIndex(),
        holds.nextIndex() - 1,
        segment.bytes());
  }

  private static String name(Segment segment) {
    return segment.path().getFileName().toString();
  }

  /** The files of segments that a process was writing when it ended; a start removes them. */
  public List<Path> incomplete() {
    return incomplete;
  }

  /** Reads every record of every segment; {@code faults} receives each that is damaged. */
  public void verify(Consumer<JournalException> faults) {
    for (Segment segment : segments) {
      segment.verify(segment.holds(), faults);
    }
  }

  /**
   * Visits the slots from {@code from} through {@code through}.
   *
   * @param faults receives each slot that is damaged
   * @return false if the visitor ended the visit
   */
  public boolean visit(
      long from, long through, SlotVisitor visitor, Consumer<JournalException> faults) {
    for (Segment segment : segments) {
      long first = Math.max(from, segment.holds().first());
      long last = Math.min(through, segment.holds().last());
      if (first <= last && !visit(segment, new SlotRange(first, last), visitor, faults)) {
        return false;
      }
    }
    return true;
  }

  private record SlotRange(long first, long last) {}

  private static boolean visit(
      Segment segment, SlotRange range, SlotVisitor visitor, Consumer<JournalException> faults) {
    SealedTable table = segment.map();
    try {
      for (long slot = range.first; slot <= range.last; slot++) {
        SegmentStore.Sealed sealed;
        try {
          sealed = segment.read(table, slot);
        } catch (JournalException e) {
          faults.accept(e);
          continue;
        }
        if (!visitor.visit(name(segment), sealed)) {
          return false;
        }
      }
      return true;
    } finally {
      table.release();
    }
  }
}
