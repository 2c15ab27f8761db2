package io.synod.api.server;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.synod.api.call.StatusErrors;
import io.synod.v1.AdminGrpc;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Stands before every service: times each call, lets none in once the sidecar stops, and none while
 * callers take too few of their answers.
 */
final class CallInterceptor implements ServerInterceptor {
  /** Counted of an answer besides its text: small ones keep a call and a buffer in memory too. */
  private static final int ANSWER_BYTES = 1 << 10;

  /** The most that a call's headers may have, names, values and 32 bytes for each. */
  static final int HEADERS_BYTES_MAX = 16 << 10;

  /**
   * So much is read of them, and told to clients, which refuse to send more. What is larger yet
   * ends the connection, for HTTP/2 cannot go on behind headers that were not read.
   */
  static final int HEADERS_BYTES_READ = 256 << 10;

  private static final int HEADER_BYTES = 32;

  private final CallObserver observer;
  private final ResponseBacklog responseBacklog;
  private volatile boolean closed;

  CallInterceptor(CallObserver observer, ResponseBacklog responseBacklog) {
    this.observer = observer;
    this.responseBacklog = responseBacklog;
  }

  /** Refuses every call from here on. Any thread may call it. */
  void close() {
    closed = true;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Timed<Q, A> timed = new Timed<>(call, observer, responseBacklog);
    if (closed || (responseBacklog.isFull() && !hasRoomFor(call.getMethodDescriptor()))) {
      timed.refuse(closed ? StatusErrors.shuttingDown() : StatusErrors.unread());
      return new ServerCall.Listener<>() {};
    }
    int headersBytes = bytes(headers);
    if (headersBytes > HEADERS_BYTES_MAX) {
      timed.refuse(
          StatusErrors.invalid(
              "metadata",
              "has " + headersBytes + " bytes; at most " + HEADERS_BYTES_MAX + " are taken"));
      return new ServerCall.Listener<>() {};
    }
    return new Entered<>(next.startCall(timed, headers), timed);
  }

  /** As HTTP/2 counts them. */
  private static int bytes(Metadata headers) {
    byte[][] namesAndValues = InternalMetadata.serialize(headers);
    int bytes = namesAndValues.length / 2 * HEADER_BYTES;
    for (byte[] each : namesAndValues) {
      bytes += each.length;
    }
    return bytes;
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
          : StatusErrors.invalid("request", "is not a well-formed message");
    }

    @Override
    public void onHalfClose() {
      if (!refused) {
        super.onHalfClose();
      }
    }

    @Override
    public void onComplete() {
      call.leave();
      super.onComplete();
    }

    @Override
    public void onCancel() {
      call.leave();
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
    private final ResponseBacklog responseBacklog;
    private final long startNanos = System.nanoTime();
    private final AtomicBoolean told = new AtomicBoolean();
    // Guarded by this: whether it is answered, whether its caller has that or went away, and what
    // is counted as unread until then.
    private boolean closed;
    private boolean left;
    private long counted;
    private volatile boolean refused;

    Timed(ServerCall<Q, A> call, CallObserver observer, ResponseBacklog responseBacklog) {
      super(call);
      this.observer = observer;
      this.responseBacklog = responseBacklog;
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!closed) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (!closed && (left || count(message))) {
        super.sendMessage(message);
      }
    }

    /** Counts the one answer of a call; false if it is refused instead. */
    private boolean count(A message) {
      if (!getMethodDescriptor().getType().serverSendsOneMessage()) {
        return true;
      }
      long size = size(message) + ANSWER_BYTES;
      if (!responseBacklog.addIfRoom(size)) {
        if (isSafe(getMethodDescriptor()) && !isForOperators(getMethodDescriptor())) {
          refuse(StatusErrors.unread());
          return false;
        }
        responseBacklog.add(size);
      }
      counted = size;
      return true;
    }

    private synchronized void leave() {
      left = true;
      responseBacklog.remove(counted);
      counted = 0;
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

  /** Of a marshalled message, which is in memory. */
  private static long size(Object message) {
    try {
      return ((InputStream) message).available();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean hasRoomFor(MethodDescriptor<?, ?> method) {
    return isForOperators(method) && !responseBacklog.isCrammed();
  }

  /** Status and the like have room for longer: who finds out what is wrong needs them. */
  private static boolean isForOperators(MethodDescriptor<?, ?> method) {
    return AdminGrpc.SERVICE_NAME.equals(method.getServiceName());
  }

  /** Whether it only reads: then it may be refused when its answer is already there. */
  private static boolean isSafe(MethodDescriptor<?, ?> method) {
    return method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema
        && schema.getMethodDescriptor().getOptions().getIdempotencyLevel()
            == IdempotencyLevel.NO_SIDE_EFFECTS;
  }
}
