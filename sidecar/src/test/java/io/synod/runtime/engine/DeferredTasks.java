package io.synod.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** An executor that runs tasks at once, or holds them until they are released. */
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

  /** Runs the held tasks, and further tasks at once. */
  void release() {
    held = false;
    List<Runnable> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(Runnable::run);
  }

  /** Drops the held tasks, since the process ended. */
  void clear() {
    waiting.clear();
  }
}
