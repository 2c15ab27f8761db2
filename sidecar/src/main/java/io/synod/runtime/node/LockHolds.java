package io.synod.runtime.node;

import io.synod.state.command.SystemCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The holds of locks by applications at this node. Any thread may call any method. */
public interface LockHolds {

  /**
   * Creates a hold, which is not proposed before {@link LockHold#begin}.
   *
   * @param changed called when there may be an update, on a thread of the node: it must only cause
   *     a call of {@link LockHold#reportTo}
   */
  LockHold hold(Terms terms, Runnable changed);

  /**
   * How long from now the session surely holds what it holds; 0 if that is not known here. It
   * allows for the latency of the answer.
   */
  long validNanos(long session);

  /** How many holds were begun and are not over. */
  int unfinished();

  /** Completes once no hold is unfinished; at the latest when the node stops. */
  CompletableFuture<Void> whenAllOver();

  /**
   * The parameters of a hold.
   *
   * @param queued how long to wait in the queue; null: for ever
   * @param patience how long the proposal may take
   */
  record Terms(SystemCommands.Hold command, @Nullable Duration queued, Duration patience) {}
}
