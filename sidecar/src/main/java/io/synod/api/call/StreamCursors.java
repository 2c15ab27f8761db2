package io.synod.api.call;

import io.synod.runtime.node.AppliedLog;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The open streams of one kind, which share one subscription: the node's thread wakes one serial
 * task, which wakes them all. Any thread may call any method.
 */
public final class StreamCursors implements AutoCloseable {
  private final String what;
  private final int openMax;
  private final Set<StreamCursor<?>> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger count = new AtomicInteger();
  private final AppliedLog.Subscription subscription;
  private volatile boolean closed;

  /**
   * No stream is open yet.
   *
   * @param what the streams are called in errors, in the plural
   * @param source where to subscribe
   */
  public StreamCursors(String what, int openMax, Executor executor, Source source) {
    this.what = what;
    this.openMax = openMax;
    SerialTask serialTask = new SerialTask(executor, () -> open.forEach(StreamCursor::signal));
    // A stream that is opened meanwhile signals itself.
    this.subscription =
        source.follow(
            () -> {
              if (!open.isEmpty()) {
                serialTask.signal();
              }
            },
            this::neededFromIndex);
  }

  /** Where streams subscribe, such as {@link AppliedLog#follow}. */
  public interface Source {
    AppliedLog.Subscription follow(Runnable signal, LongSupplier neededFromIndex);
  }

  private long neededFromIndex() {
    long needed = Long.MAX_VALUE;
    for (StreamCursor<?> cursor : open) {
      needed = Math.min(needed, cursor.neededFromIndex());
    }
    return needed;
  }

  /** Starts a stream, and keeps it until it is over. */
  public void open(StreamCursor<?> cursor, Runnable afterwards) {
    if (count.incrementAndGet() > openMax) {
      count.decrementAndGet();
      afterwards.run();
      throw StatusErrors.crowded(what, openMax);
    }
    cursor.whenOver(
        () -> {
          if (open.remove(cursor)) {
            count.decrementAndGet();
            afterwards.run();
          }
        });
    open.add(cursor);
    cursor.begin();
    if (closed) {
      cursor.stop();
    }
  }

  /** How many streams are open. */
  public int size() {
    return count.get();
  }

  /** Ends all streams. */
  @Override
  public void close() {
    closed = true;
    subscription.close();
    open.forEach(StreamCursor::stop);
  }
}
