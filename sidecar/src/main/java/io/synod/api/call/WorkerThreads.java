package io.synod.api.call;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The thread pools of the services. Work that may read the disk runs here, never on an event loop
 * or on the node's own thread.
 */
public final class WorkerThreads implements AutoCloseable {
  private static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors() / 2);

  private final ExecutorService readers;
  private final ExecutorService pumps;
  private final ExecutorService transfers;
  private final ScheduledThreadPoolExecutor clock;

  /**
   * Starts no thread until there is work.
   *
   * @param readsMax how many reads may wait for a thread; further ones are refused
   */
  public WorkerThreads(int readsMax) {
    this.readers = pool("synod-read", new ArrayBlockingQueue<>(readsMax));
    // Not bounded here: a serial task is queued once, and the number of streams is bounded.
    this.pumps = pool("synod-watch", new LinkedBlockingQueue<>());
    // Not bounded here: the number of transfers is bounded.
    this.transfers = pool("synod-transfer", new LinkedBlockingQueue<>());
    this.clock = new ScheduledThreadPoolExecutor(1, threads("synod-api-clock"));
    clock.setRemoveOnCancelPolicy(true);
    clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** For reads that are answered once; refuses when too many wait. */
  public Executor readers() {
    return readers;
  }

  /** For streams. */
  public Executor pumps() {
    return pumps;
  }

  /** For transfers of snapshots, whose disk reads must not delay the other streams. */
  public Executor transfers() {
    return transfers;
  }

  /** For timers; nothing on it may block. */
  public ScheduledExecutorService clock() {
    return clock;
  }

  /** How many timers are scheduled. */
  public int scheduled() {
    return clock.getQueue().size();
  }

  /** Completes what is queued, and accepts nothing more. */
  @Override
  public void close() {
    readers.shutdown();
    pumps.shutdown();
    transfers.shutdown();
    clock.shutdown();
  }

  private static ExecutorService pool(
      String name, java.util.concurrent.BlockingQueue<Runnable> queue) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, queue, threads(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory threads(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
