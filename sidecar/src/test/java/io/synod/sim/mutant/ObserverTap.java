package io.synod.sim.mutant;

import io.synod.paxos.value.Event;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Observer;
import java.util.function.Consumer;

/** An observer that somebody listens to. */
final class ObserverTap {
  private ObserverTap() {}

  /** Tells {@code observer} all, and then {@code listener} the events. */
  static Observer events(Observer observer, Consumer<Event> listener) {
    return observation -> {
      observer.observe(observation);
      if (observation instanceof Observation.Occurred occurred) {
        listener.accept(occurred.event());
      }
    };
  }
}
