package io.synod.sim.cluster;

import io.synod.sim.disk.Rng;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * One thread of a process beside its loop: runs what it is given, each task as an event of its own,
 * in order and some time later. What still waits when the process ends is lost.
 */
final class BackgroundThread implements Executor {
  private static final long MICROS = 1_000L;

  private final Environment environment;
  private final int node;
  private final Consumer<Runnable> runner;
  private final Rng rng;
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  // The number of the event that runs the next task; events with another number are void.
  private long booking;

  /**
   * A thread of the process that begins on this node.
   *
   * @param runner runs each task when its time has come
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

  /** How many tasks have not ended. */
  int waiting() {
    return waiting.size();
  }

  /** What would have come late comes soon. */
  void hurry() {
    if (!waiting.isEmpty()) {
      book(delay());
    }
  }

  /** The process is no more. */
  void end() {
    booking++;
    waiting.clear();
  }
}
