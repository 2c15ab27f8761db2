package io.synod.client;

import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.OpenSessionResponse;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.SessionsGrpc;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes proposals in a session of its own, which is opened with the first one. Thread-safe; nothing
 * blocks.
 */
final class Proposer implements AutoCloseable {
  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final Channel channel;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "synod-client-clock");
            thread.setDaemon(true);
            return thread;
          });
  private final Set<Proposal> waiting = ConcurrentHashMap.newKeySet();
  private @Nullable CompletableFuture<ProposerSession> session;

  Proposer(Channel channel) {
    this.channel = channel;
  }

  CompletableFuture<ProposeResponse> propose(ProposeRequest request, Duration timeout) {
    Proposal proposal = new Proposal(this, channel, request, System.nanoTime() + Nanos.of(timeout));
    proposal.attempt();
    return proposal.future();
  }

  /** The session to propose in; fails if none can be opened now. */
  synchronized CompletableFuture<ProposerSession> session() {
    if (session == null || session.isCompletedExceptionally()) {
      CompletableFuture<OpenSessionResponse> opened = new CompletableFuture<>();
      SessionsGrpc.newStub(channel)
          .withDeadlineAfter(OPEN_TIMEOUT)
          .openSession(
              OpenSessionRequest.newBuilder().setDisplayName("java client").build(),
              new Answer<>(opened));
      session = opened.thenApply(response -> new ProposerSession(response.getSessionId()));
    }
    return session;
  }

  /** Drops a session that the sidecars no longer know; the next proposal opens another. */
  synchronized void forget(ProposerSession gone) {
    if (session != null && session.isDone() && !session.isCompletedExceptionally()) {
      session = session.join() == gone ? null : session;
    }
  }

  /** Schedules a retry of the proposal, which is abandoned if the client closes before. */
  void later(Proposal proposal, long nanos) {
    waiting.add(proposal);
    var unused =
        clock.schedule(
            () -> {
              if (waiting.remove(proposal)) {
                proposal.attempt();
              }
            },
            nanos,
            TimeUnit.NANOSECONDS);
  }

  /** Closes the session, so that the sidecars need not remember it, and ends all retries. */
  @Override
  public void close() {
    var unused = clock.shutdownNow();
    waiting.forEach(Proposal::abandon);
    CompletableFuture<ProposerSession> open;
    synchronized (this) {
      open = session;
    }
    if (open == null || !open.isDone() || open.isCompletedExceptionally()) {
      return;
    }
    closeSession(open.join().id());
  }

  private void closeSession(String id) {
    try {
      var unused =
          SessionsGrpc.newBlockingStub(channel)
              .withDeadlineAfter(CLOSE_TIMEOUT)
              .closeSession(CloseSessionRequest.newBuilder().setSessionId(id).build());
    } catch (io.grpc.StatusRuntimeException forgottenLater) {
      // The number of sessions is bounded: one that is no longer used is evicted.
      return;
    }
  }

  /** The answer of a unary call, as a future. */
  record Answer<T>(CompletableFuture<T> future) implements StreamObserver<T> {
    @Override
    public void onNext(T value) {
      future.complete(value);
    }

    @Override
    public void onError(Throwable error) {
      future.completeExceptionally(SynodException.of(error));
    }

    @Override
    public void onCompleted() {}
  }
}
