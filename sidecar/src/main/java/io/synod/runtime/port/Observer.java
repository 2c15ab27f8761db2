package io.synod.runtime.port;

/**
 * The port to observers. The loop's thread calls it, and the one that takes snapshots of
 * applications; it must be quick and must not throw.
 */
@FunctionalInterface
public interface Observer {

  /** Receives something that the node did or noticed. */
  void observe(Observation observation);

  /** An observer that ignores everything. */
  static Observer none() {
    return observation -> {};
  }
}
