package io.synod.api;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stands before every service: times each call, and lets none in once the sidecar stops. */
final class Gate implements ServerInterceptor {
  private final CallObserver observer;
  private volatile boolean closed;

  Gate(CallObserver observer) {
    this.observer = observer;
  }

  /** Refuses every call from here on. Any thread may call it. */
  void close() {
    closed = true;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Timed<Q, A> timed = new Timed<>(call, observer);
    if (closed) {
      timed.refuse(Refusal.shuttingDown());
      return new ServerCall.Listener<>() {};
    }
    return new Entered<>(next.startCall(timed, headers), timed);
  }

  /**
   * The way in of one call: a message that cannot be parsed ends it here, and the service is told
   * that its caller went away, for grpc takes a call that was answered for one that ended well.
   */
  private static final class Entered<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Timed<Q, ?> call;
    private boolean refused;

    Entered(ServerCall.Listener<Q> listener, Timed<Q, ?> call) {
      super(listener);
      this.call = call;
    }

    @Override
    public void onMessage(Q message) {
      if (refused) {
        return;
      }
      try {
        super.onMessage(message);
      } catch (StatusRuntimeException malformed) {
        refused = true;
        call.refuse(refusal(malformed));
        super.onCancel();
      }
    }

    /** Also one that turns out too large only when it is unpacked was not read by anybody. */
    private static StatusRuntimeException refusal(StatusRuntimeException malformed) {
      return malformed.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED
          ? malformed
          : Refusal.invalid("request", "is not a well-formed message");
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }

    @Override
    public void onCancel() {
      if (!refused) {
        super.onCancel();
      }
      call.tell(Status.Code.CANCELLED);
    }
  }

  /**
   * A call that tells once how it ended. The gate and the service may end it at one time, on two
   * threads, which grpc does not allow: the first does, and nothing is sent after it.
   */
  private static final class Timed<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final CallObserver observer;
    private final long startNanos = System.nanoTime();
    private final AtomicBoolean told = new AtomicBoolean();
    // Guarded by this.
    private boolean closed;
    private volatile boolean refused;

    Timed(ServerCall<Q, A> call, CallObserver observer) {
      super(call);
      this.observer = observer;
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!closed) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (!closed) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!closed) {
        closed = true;
        tell(status.getCode());
        super.close(status, trailers);
      }
    }

    @Override
    public boolean isCancelled() {
      return refused || super.isCancelled();
    }

    private void refuse(StatusRuntimeException refusal) {
      refused = true;
      Metadata trailers = refusal.getTrailers();
      close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
    }

    private void tell(Status.Code code) {
      if (told.compareAndSet(false, true)) {
        String method = getMethodDescriptor().getFullMethodName();
        observer.ended(method, code.name(), System.nanoTime() - startNanos);
      }
    }
  }
}
