package io.synod.runtime.node;

import io.synod.state.command.SystemCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The holds of locks by applications here. Any thread may call any method. */
public interface LockHolds {

  /**
   * Makes a hold, which is not proposed before {@link LockHold#begin}.
   *
   * @param changed called when there may be something to tell, on a thread of the node's own: it
   *     must only wake whoever calls {@link LockHold#tell}
   */
  LockHold hold(Terms terms, Runnable changed);

  /**
   * For how long from now the session surely holds what it holds; 0 if that is not known here. The
   * time that an answer takes to arrive is allowed for.
   */
  long validNanos(long session);

  /** How many holds were begun and are not over. */
  int unfinished();

  /** Completes once no hold is unfinished. */
  CompletableFuture<Void> whenAllOver();

  /**
   * What is asked for.
   *
   * @param queued how long to stand in the queue; null: for ever
   * @param patience how long the proposal may take
   */
  record Terms(SystemCommands.Hold command, @Nullable Duration queued, Duration patience) {}
}
