package io.synod.storage.journal;

import io.synod.paxos.value.Check;

/**
 * The bounds of one journal.
 *
 * @param tailFileBytes the length of one file of the tail, unless one record alone is longer; the
 *     tail normally has three, and each is sealed into one segment
 */
public record StorageSettings(long tailFileBytes) {

  /** Checks the bound. */
  public StorageSettings {
    Check.that(tailFileBytes >= 4096, "a tail file has at least 4096 bytes");
  }

  /** The default settings of a sidecar. */
  public static StorageSettings defaults() {
    return new StorageSettings(16L << 20);
  }
}
