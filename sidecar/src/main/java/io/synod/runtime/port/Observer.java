package io.synod.runtime.port;

/**
 * The port to those who watch. The loop's thread calls it, and that which takes snapshots of
 * applications; it must be quick and must not throw.
 */
@FunctionalInterface
public interface Observer {

  /** The node did or noticed something. */
  void observe(Observation observation);

  /** Watches nothing. */
  static Observer none() {
    return observation -> {};
  }
}
