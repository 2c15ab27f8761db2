package io.synod.sim.mutant;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Searches for mutants by name, as many side by side as there are cores, in the order given. */
final class MutantSearches implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
  private final Map<String, Future<?>> all = new HashMap<>();

  /** Begins a search once those before it have begun. */
  void begin(String name, Runnable search) {
    all.put(name, threads.submit(search));
  }

  /** Waits for a search, and fails as it did. */
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
