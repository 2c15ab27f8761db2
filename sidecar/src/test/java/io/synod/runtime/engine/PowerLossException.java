package io.synod.runtime.engine;

/** A node lost power within a sync: its process has ended, and unsynced data is lost. */
final class PowerLossException extends RuntimeException {
  private static final long serialVersionUID = 1L;
}
