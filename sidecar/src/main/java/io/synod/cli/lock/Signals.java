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
 * Hands signals to whoever can pass them on, instead of ending this program, as long as it is open.
 * The JDK's only way to do so is in its module {@code jdk.unsupported}, which no compiler lets pass
 * silently; where it is missing, signals end the program as ever.
 */
final class Signals implements AutoCloseable {
  /** As on Linux. Java keeps the others, or they end this program as ever. */
  private static final Map<String, Integer> NUMBERS =
      Map.of(
          "HUP", 1, "INT", 2, "USR1", 10, "ALRM", 14, "TERM", 15, "TSTP", 20, "TTIN", 21, "TTOU",
          22, "WINCH", 28);

  private static final Set<String> ENDING = Set.of("HUP", "INT", "ALRM", "TERM");
  private static final Set<String> STOPPING = Set.of("TSTP", "TTIN", "TTOU");

  private final List<Runnable> undo = new ArrayList<>();

  /** {@code taker} is called with names such as {@code TERM}, on a thread of the JDK's. */
  Signals(Consumer<String> taker) {
    NUMBERS.keySet().forEach(name -> take(name, taker));
  }

  /** What a process that this signal ends has for an exit status. */
  static int exitStatus(String name) {
    return 128 + NUMBERS.getOrDefault(name, 0);
  }

  /** Whether a process that does nothing about it is to end. */
  static boolean ends(String name) {
    return ENDING.contains(name);
  }

  /** Whether a process that does nothing about it is suspended. */
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
              // Then it is still taken, by someone who does nothing with it any more.
            }
          });
    } catch (ReflectiveOperationException e) {
      // This Java cannot, or keeps the signal for itself: it does what it always did.
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
