package io.synod.runtime.node;

/** What a read promises about the age of its answer. */
public enum ReadLevel {
  /** Linearizable: a quorum confirmed the index after the read began. */
  STRONG,
  /** Never older than anything this sidecar acknowledged. */
  SESSION,
  /** At most a stated time behind, or an error. */
  BOUNDED,
  /** Whatever is applied here. */
  LOCAL
}
