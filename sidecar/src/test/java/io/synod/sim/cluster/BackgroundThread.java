package io.synod.sim.cluster;

import io.synod.sim.disk.Rng;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * An executor that simulates a thread of a process beside its loop: each task is an event of its
 * own, run in order after a delay. Tasks that still wait when the process ends are lost.
 */
final class BackgroundThread implements Executor {
  private static final long MICROS = 1_000L;

  private final Environment environment;
  private final int node;
  private final Consumer<Runnable> runner;
  private final Rng rng;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  // The number of the scheduled event; an event with another number is void.
  private long booking;

  /**
   * Creates a thread of the process that starts on this node.
   *
   * @param runner runs each task when it is due
   */
  BackgroundThread(Environment environment, int node, Consumer<Runnable> runner, Rng rng) {
    this.environment = environment;
    this.node = node;
    this.runner = runner;
    this.rng = rng;
  }

  @Override
  public void execute(Runnable task) {
    waiting.add(task);
    if (waiting.size() == 1) {
      book(delay());
    }
  }

  private void book(long nanos) {
    long number = ++booking;
    environment.eventQueue().in(nanos, () -> run(number));
  }

  private long delay() {
    boolean late = !environment.isCalm() && rng.chance(environment.profile().lateTaskPerMillion);
    return late
        ? rng.around(environment.profile().settings.electionTimeoutNanos() / 2)
        : rng.between(10 * MICROS, 1_000 * MICROS);
  }

  private void run(long number) {
    if (number != booking || waiting.isEmpty()) {
      return;
    }
    environment.count(3_000 + node);
    runner.accept(waiting.element());
    if (number == booking) {
      waiting.remove();
      if (!waiting.isEmpty()) {
        book(delay());
      }
    }
  }

  /** The number of tasks that have not ended. */
  int waiting() {
    return waiting.size();
  }

  /** Reschedules the next task, which may have been scheduled late. */
  void hurry() {
    if (!waiting.isEmpty()) {
      book(delay());
    }
  }

  /** Drops all tasks, since the process ended. */
  void end() {
    booking++;
    waiting.clear();
  }
}
