package io.synod.cli.shared;

import io.grpc.Context;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C into the orderly end of a stream: the call is cancelled, and the process stays alive
 * until the command has printed its last lines and closed this.
 */
public final class Interruption implements AutoCloseable {
  private static final long EXIT_SECONDS = 2;

  private final Context.CancellableContext context = Context.current().withCancellation();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupted, "interrupt");
  private volatile boolean happened;

  public Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** The context in which calls must run. */
  public Context context() {
    return context;
  }

  public boolean happened() {
    return happened;
  }

  private void interrupted() {
    happened = true;
    context.cancel(null);
    try {
      closed.await(EXIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    context.cancel(null);
    closed.countDown();
    if (!happened) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending already, and the hook waits for nothing.
      }
    }
  }
}
