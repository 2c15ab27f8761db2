package io.synod.runtime.engine;

/** The power of a node's disk failed within a sync: the process is gone, and what was unsynced. */
final class PowerLossException extends RuntimeException {
  private static final long serialVersionUID = 1L;
}
