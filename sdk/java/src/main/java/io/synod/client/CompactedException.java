package io.synod.client;

import io.synod.v1.CompactionInfo;
import java.util.Optional;

/** The wanted part of the log is compacted. A retry cannot succeed. */
public final class CompactedException extends SynodException {
  private static final long serialVersionUID = 1L;
  private final long oldestIndex;

  CompactedException(SynodException same, Optional<CompactionInfo> info) {
    super(String.valueOf(same.getMessage()), same);
    this.oldestIndex = info.map(CompactionInfo::getOldestIndex).orElse(0L);
  }

  /** The first index that can still be read. */
  public long oldestIndex() {
    return oldestIndex;
  }
}
