package io.synod.sim.mutant;

import io.synod.paxos.value.Event;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Observer;
import java.util.function.Consumer;

/** Adds a listener to an observer. */
final class ObserverTap {
  private ObserverTap() {}

  /**
   * An observer that passes everything to {@code observer}, and then events to {@code listener}.
   */
  static Observer events(Observer observer, Consumer<Event> listener) {
    return observation -> {
      observer.observe(observation);
      if (observation instanceof Observation.Occurred occurred) {
        listener.accept(occurred.event());
      }
    };
  }
}
