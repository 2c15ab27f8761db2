package io.synod.runtime.node;

/** The consistency level of a read. */
public enum ReadLevel {
  /** Linearizable: a quorum confirmed the index after the read began. */
  STRONG,
  /** Never older than anything that this sidecar acknowledged. */
  SESSION,
  /** At most a stated time behind; otherwise an error. */
  BOUNDED,
  /** The state that is applied here. */
  LOCAL
}
