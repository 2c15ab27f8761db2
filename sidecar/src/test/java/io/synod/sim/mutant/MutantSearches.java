package io.synod.sim.mutant;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs searches for mutants in the given order, as many in parallel as there are cores. */
final class MutantSearches implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
  private final Map<String, Future<?>> all = new HashMap<>();

  /** Queues a search. */
  void begin(String name, Runnable search) {
    all.put(name, threads.submit(search));
  }

  /** Waits for a search, and rethrows its failure. */
  void await(String name) throws InterruptedException {
    try {
      Object unused = Objects.requireNonNull(all.get(name)).get();
    } catch (ExecutionException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
