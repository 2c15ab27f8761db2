package io.synod.transport;

import java.net.SocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Finds out, after a connection to a peer broke, whether the peer's process has ended: then its
 * host refuses a new connection to the same address. A host that does not answer proves nothing.
 *
 * <p>It tries again for a short time, since the system closes the sockets of a process that ends
 * one after the other. Any thread may call it.
 */
final class RefusalProbe {
  private static final int TRIES = 20;
  private static final long PAUSE_MILLIS = 25;

  private final EventLoops loops;
  private final ScheduledExecutorService timer;
  private final BooleanSupplier isConnected;
  private final Runnable refused;
  private final AtomicBoolean running = new AtomicBoolean();

  /**
   * Creates the probe of one peer.
   *
   * @param timer runs the next try
   * @param isConnected whether the peer is connected again, which ends the tries
   * @param refused called on an event loop once the address refused a connection
   */
  RefusalProbe(
      EventLoops loops,
      ScheduledExecutorService timer,
      BooleanSupplier isConnected,
      Runnable refused) {
    this.loops = loops;
    this.timer = timer;
    this.isConnected = isConnected;
    this.refused = refused;
  }

  /** Starts to try {@code address}, unless it is being tried. */
  void start(SocketAddress address) {
    if (running.compareAndSet(false, true)) {
      tryOnce(address, TRIES);
    }
  }

  private void tryOnce(SocketAddress address, int left) {
    loops.connectOnce(
        address,
        result -> {
          boolean connected = isConnected.getAsBoolean();
          if (connected || left <= 1 || result == ConnectResult.REFUSED) {
            running.set(false);
          }
          if (!connected && result == ConnectResult.REFUSED) {
            refused.run();
          } else if (!connected && left > 1) {
            tryLater(address, left - 1);
          }
        });
  }

  private void tryLater(SocketAddress address, int left) {
    try {
      var unused =
          timer.schedule(() -> tryOnce(address, left), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closing) {
      running.set(false);
    }
  }
}
