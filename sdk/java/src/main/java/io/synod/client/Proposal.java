package io.synod.client;

import io.grpc.Channel;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One proposal, retried with the same session and sequence until its timeout. One attempt is in
 * flight at a time.
 */
final class Proposal {
  private static final long ATTEMPT_NANOS_MAX = Duration.ofSeconds(3).toNanos();

  private final Proposer proposer;
  private final Channel channel;
  private final ProposeRequest request;
  private final long deadlineNanos;
  private final CompletableFuture<ProposeResponse> future = new CompletableFuture<>();
  private final Backoff backoff = new Backoff();
  private @Nullable ProposerSession session;
  private long sequence;
  // Whether an earlier attempt may have been executed.
  private boolean perhapsExecuted;
  private volatile @Nullable SynodException last;

  Proposal(Proposer proposer, Channel channel, ProposeRequest request, long deadlineNanos) {
    this.proposer = proposer;
    this.channel = channel;
    this.request = request;
    this.deadlineNanos = deadlineNanos;
  }

  CompletableFuture<ProposeResponse> future() {
    return future;
  }

  void attempt() {
    if (session != null) {
      send(session);
      return;
    }
    var unused =
        proposer
            .session()
            .copy()
            .orTimeout(remainingNanos(), TimeUnit.NANOSECONDS)
            .whenComplete(
                (opened, error) -> {
                  if (error != null) {
                    again(cause(error));
                  } else {
                    session = opened;
                    sequence = opened.take();
                    send(opened);
                  }
                });
  }

  private void send(ProposerSession open) {
    CompletableFuture<ProposeResponse> answer = new CompletableFuture<>();
    LogGrpc.newStub(channel)
        .withDeadlineAfter(Math.min(remainingNanos(), ATTEMPT_NANOS_MAX), TimeUnit.NANOSECONDS)
        .propose(
            request.toBuilder().setSessionSequence(open.place(sequence)).build(),
            new Proposer.Answer<>(answer));
    var unused =
        answer.whenComplete(
            (response, error) -> {
              if (error == null) {
                settle();
                future.complete(response);
              } else {
                failed(cause(error), open);
              }
            });
  }

  private void failed(SynodException error, ProposerSession open) {
    if (error.reason() == Reason.SESSION_UNKNOWN) {
      proposer.forget(open);
      if (!perhapsExecuted) {
        // The proposal surely had no effect, so it may be proposed in another session.
        settle();
        session = null;
        again(error);
        return;
      }
    }
    perhapsExecuted |= error.isPassing() && !error.surelyNotExecuted();
    if (error.isPassing()) {
      again(error);
    } else {
      fail(error);
    }
  }

  private void again(SynodException error) {
    boolean worthIt = error.isPassing() || error.reason() == Reason.SESSION_UNKNOWN;
    long wait = backoff.nextNanos(error);
    if (!worthIt || System.nanoTime() + wait - deadlineNanos >= 0) {
      fail(error);
      return;
    }
    last = error;
    try {
      proposer.later(this, wait);
    } catch (RejectedExecutionException closed) {
      fail(error);
    }
  }

  /** Fails the proposal, since the client closes while a retry is pending. */
  void abandon() {
    SynodException error = last;
    if (error != null) {
      fail(error);
    }
  }

  private void fail(SynodException error) {
    settle();
    // A refusal of the last attempt does not tell the outcome of earlier ones.
    boolean unsaid = perhapsExecuted && !(error instanceof OutcomeUnknownException);
    future.completeExceptionally(unsaid ? new OutcomeUnknownException(error) : error);
  }

  private long remainingNanos() {
    return Math.max(1, deadlineNanos - System.nanoTime());
  }

  private void settle() {
    if (session != null) {
      session.settled(sequence);
    }
  }

  private static SynodException cause(Throwable error) {
    Throwable cause =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    return SynodException.of(cause);
  }
}
