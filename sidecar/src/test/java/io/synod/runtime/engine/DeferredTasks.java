package io.synod.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** Runs tasks at once, or keeps them until they are released. */
final class DeferredTasks implements Executor {
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean held;

  @Override
  public void execute(Runnable task) {
    if (held) {
      waiting.add(task);
    } else {
      task.run();
    }
  }

  void hold() {
    held = true;
  }

  /** Runs what waits, and from now on everything at once. */
  void release() {
    held = false;
    List<Runnable> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(Runnable::run);
  }

  /** The process ended: what waits is never run. */
  void forget() {
    waiting.clear();
  }
}
