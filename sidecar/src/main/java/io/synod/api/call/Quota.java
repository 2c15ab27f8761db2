package io.synod.api.call;

import io.synod.runtime.node.StateReads;
import java.util.List;

/**
 * How large the state and the disk may grow. Asked before anything is proposed that adds; what
 * takes away always passes, so that a full sidecar can be emptied. Any thread may call it.
 */
public final class Quota {
  /** A snapshot is small up to this part of the disk's quota. */
  private static final int SMALL_PARTS = 16;

  private final StateReads reads;
  private final ResponseInfos infos;
  private final Max max;

  /**
   * From so many bytes on nothing is added.
   *
   * @param stateBytes of the replicated state
   * @param diskBytes of this sidecar's own directory
   */
  public record Max(long stateBytes, long diskBytes) {
    /** Nothing is ever refused. */
    static final Max NONE = new Max(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** One that is reached. */
  private record Reached(String name, long bytes, long bytesMax) {}

  public Quota(StateReads reads, ResponseInfos infos, Max max) {
    this.reads = reads;
    this.infos = infos;
    this.max = max;
  }

  public Max max() {
    return max;
  }

  /** Refuses what adds, if there is too much already. */
  void admit() {
    for (Reached full : reached()) {
      String text =
          "the %s holds %d bytes, and from %d on nothing is added; deletes pass"
              .formatted(full.name(), full.bytes(), full.bytesMax());
      throw StatusErrors.quotaExceeded(text, full.name(), full.bytes(), full.bytesMax());
    }
  }

  /**
   * Refuses a snapshot of so many bytes that does not fit on the disk. A small one always passes,
   * for it lets the log go.
   */
  public void admitSnapshot(long bytes) {
    long held = infos.bytesOnDisk();
    long bytesMax = max.diskBytes();
    if (bytes > bytesMax / SMALL_PARTS && bytes > bytesMax - held) {
      String text =
          "the disk holds %d bytes, and has no room for %d more: at most %d in all"
              .formatted(held, bytes, bytesMax);
      throw StatusErrors.quotaExceeded(text, "disk", held, bytesMax);
    }
  }

  /** The names of those that are reached: "state", "disk". */
  public List<String> names() {
    return reached().stream().map(Reached::name).toList();
  }

  private List<Reached> reached() {
    Reached state = new Reached("state", reads.state().bytes(), max.stateBytes());
    Reached disk = new Reached("disk", infos.bytesOnDisk(), max.diskBytes());
    return List.of(state, disk).stream().filter(it -> it.bytes() >= it.bytesMax()).toList();
  }
}
