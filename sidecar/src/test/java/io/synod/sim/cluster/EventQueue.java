package io.synod.sim.cluster;

import java.util.Arrays;

/**
 * The queue of events, ordered by time; events of the same time run in the order in which they were
 * scheduled.
 */
public final class EventQueue {
  private long[] times = new long[256];
  private long[] numbers = new long[256];
  private Runnable[] deeds = new Runnable[256];
  private int size;
  private long booked;
  private long now;

  long now() {
    return now;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The time of the next event. */
  long next() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  /** Schedules an event, at the current time at the earliest. */
  public void at(long time, Runnable action) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      numbers = Arrays.copyOf(numbers, size * 2);
      deeds = Arrays.copyOf(deeds, size * 2);
    }
    long when = Math.max(time, now);
    long number = booked++;
    int hole = size++;
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (times[parent] <= when) {
        break;
      }
      move(parent, hole);
      hole = parent;
    }
    times[hole] = when;
    numbers[hole] = number;
    deeds[hole] = action;
  }

  public void in(long nanos, Runnable action) {
    at(now + nanos, action);
  }

  /** Runs the next event. */
  void step() {
    Runnable action = deeds[0];
    now = times[0];
    int last = --size;
    long time = times[last];
    long number = numbers[last];
    Runnable moved = deeds[last];
    int hole = 0;
    while (2 * hole + 1 < size) {
      int child = 2 * hole + 1;
      if (child + 1 < size && before(child + 1, child)) {
        child++;
      }
      if (time < times[child] || (time == times[child] && number < numbers[child])) {
        break;
      }
      move(child, hole);
      hole = child;
    }
    times[hole] = time;
    numbers[hole] = number;
    deeds[hole] = moved;
    action.run();
  }

  /** Runs all events up to this time, and advances the time to it. */
  public void runUntil(long time) {
    while (next() <= time) {
      step();
    }
    at(time, () -> {});
    step();
  }

  private boolean before(int one, int other) {
    return times[one] < times[other]
        || (times[one] == times[other] && numbers[one] < numbers[other]);
  }

  private void move(int from, int to) {
    times[to] = times[from];
    numbers[to] = numbers[from];
    deeds[to] = deeds[from];
  }
}
