package io.synod.sim;

import io.synod.paxos.value.Event;
import io.synod.runtime.port.Observer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/** An observer that somebody listens to: it is still told everything, whatever that comes to be. */
final class ObserverTap {
  private ObserverTap() {}

  /** Tells {@code observer} all, and then {@code listener} the events. */
  static Observer events(Observer observer, Consumer<Event> listener) {
    return (Observer)
        Proxy.newProxyInstance(
            Observer.class.getClassLoader(),
            new Class<?>[] {Observer.class},
            (proxy, method, arguments) -> {
              try {
                method.invoke(observer, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (arguments.length == 1 && arguments[0] instanceof Event event) {
                listener.accept(event);
              }
              return null;
            });
  }
}
