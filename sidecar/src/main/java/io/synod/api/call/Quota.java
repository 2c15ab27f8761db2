package io.synod.api.call;

import io.synod.runtime.node.StateReads;
import java.util.List;

/**
 * The quotas of the state and the disk. They are checked before a request that adds is proposed; a
 * request that removes always passes, so that a full sidecar can be emptied. Any thread may call
 * it.
 */
public final class Quota {
  /** A snapshot is small if it is at most this fraction of the disk's quota. */
  private static final int SMALL_PARTS = 16;

  private final StateReads reads;
  private final ResponseInfos infos;
  private final Max max;

  /**
   * The sizes at which requests that add are refused, in bytes.
   *
   * @param stateBytes of the replicated state
   * @param diskBytes of this sidecar's own directory
   */
  public record Max(long stateBytes, long diskBytes) {
    /** No quota. */
    static final Max NONE = new Max(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** A quota that is reached. */
  private record Reached(String name, long bytes, long bytesMax) {}

  public Quota(StateReads reads, ResponseInfos infos, Max max) {
    this.reads = reads;
    this.infos = infos;
    this.max = max;
  }

  public Max max() {
    return max;
  }

  /** Refuses a request that adds, if a quota is reached. */
  void admit() {
    for (Reached full : reached()) {
      String text =
          "the %s quota is reached: %d of %d bytes are used; only deletes are accepted"
              .formatted(full.name(), full.bytes(), full.bytesMax());
      throw StatusErrors.quotaExceeded(text, full.name(), full.bytes(), full.bytesMax());
    }
  }

  /**
   * Refuses a snapshot of this size if it does not fit within the disk's quota. A small one always
   * passes, since it allows the log to be trimmed.
   */
  public void admitSnapshot(long bytes) {
    long held = infos.bytesOnDisk();
    long bytesMax = max.diskBytes();
    if (bytes > bytesMax / SMALL_PARTS && bytes > bytesMax - held) {
      String text =
          "the disk quota has no space for it: %d bytes are used, %d more are needed, of %d"
              .formatted(held, bytes, bytesMax);
      throw StatusErrors.quotaExceeded(text, "disk", held, bytesMax);
    }
  }

  /** The names of the quotas that are reached: "state", "disk". */
  public List<String> names() {
    return reached().stream().map(Reached::name).toList();
  }

  private List<Reached> reached() {
    Reached state = new Reached("state", reads.state().bytes(), max.stateBytes());
    Reached disk = new Reached("disk", infos.bytesOnDisk(), max.diskBytes());
    return List.of(state, disk).stream().filter(it -> it.bytes() >= it.bytesMax()).toList();
  }
}
