package io.synod.cli.lock;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Intercepts signals while it is open, so that they can be forwarded instead of ending this
 * program. The JDK's only API for that is in its module {@code jdk.unsupported}, which is used by
 * reflection, since compilers warn of it; without that module signals end the program as usual.
 */
final class Signals implements AutoCloseable {
  /** The numbers on Linux. Other signals are reserved by the JVM, or end this program as usual. */
  private static final Map<String, Integer> NUMBERS =
      Map.of(
          "HUP", 1, "INT", 2, "USR1", 10, "ALRM", 14, "TERM", 15, "TSTP", 20, "TTIN", 21, "TTOU",
          22, "WINCH", 28);

  private static final Set<String> ENDING = Set.of("HUP", "INT", "ALRM", "TERM");
  private static final Set<String> STOPPING = Set.of("TSTP", "TTIN", "TTOU");

  private final List<Runnable> undo = new ArrayList<>();

  /**
   * Intercepts signals; {@code taker} is called with names such as {@code TERM}, on a thread of the
   * JDK.
   */
  Signals(Consumer<String> taker) {
    NUMBERS.keySet().forEach(name -> take(name, taker));
  }

  /** The exit status of a process that this signal ended. */
  static int exitStatus(String name) {
    return 128 + NUMBERS.getOrDefault(name, 0);
  }

  /** Whether the default action of this signal ends a process. */
  static boolean ends(String name) {
    return ENDING.contains(name);
  }

  /** Whether the default action of this signal suspends a process. */
  static boolean stops(String name) {
    return STOPPING.contains(name);
  }

  private void take(String name, Consumer<String> taker) {
    try {
      Class<?> signalType = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object signal = signalType.getConstructor(String.class).newInstance(name);
      Object handler =
          Proxy.newProxyInstance(
              handlerType.getClassLoader(), new Class<?>[] {handlerType}, handler(name, taker));
      Method handle = signalType.getMethod("handle", signalType, handlerType);
      Object before = handle.invoke(null, signal, handler);
      undo.add(
          () -> {
            try {
              Object unused = handle.invoke(null, signal, before);
            } catch (ReflectiveOperationException e) {
              // The signal is still intercepted, and ignored.
            }
          });
    } catch (ReflectiveOperationException e) {
      // This JVM lacks the API or reserves the signal, which keeps its default action.
    }
  }

  private static InvocationHandler handler(String name, Consumer<String> taker) {
    return (proxy, method, arguments) -> {
      switch (method.getName()) {
        case "handle" -> taker.accept(name);
        case "hashCode" -> {
          return System.identityHashCode(proxy);
        }
        case "equals" -> {
          return arguments != null && proxy == arguments[0];
        }
        default -> {
          return name;
        }
      }
      return null;
    };
  }

  @Override
  public void close() {
    undo.forEach(Runnable::run);
  }
}
