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
 * The interceptor of every service: it times each call, and refuses calls once the sidecar stops or
 * while clients have too many unread responses.
 */
final class CallInterceptor implements ServerInterceptor {
  /** Added to the size of each response: a small one keeps a call and a buffer in memory too. */
  private static final int ANSWER_BYTES = 1 << 10;

  /** The largest size of a call's headers: names, values and 32 bytes for each. */
  static final int HEADERS_BYTES_MAX = 16 << 10;

  /**
   * The largest size of headers that is read. It is announced to clients, whose libraries refuse to
   * send more. Larger ones end the connection, since HTTP/2 cannot continue after headers that were
   * not read.
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

  /** Refuses every call from now on. Any thread may call it. */
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
              "has " + headersBytes + " bytes; at most " + HEADERS_BYTES_MAX + " are allowed"));
      return new ServerCall.Listener<>() {};
    }
    return new Entered<>(next.startCall(timed, headers), timed);
  }

  /** The size of the headers, as HTTP/2 counts it. */
  private static int bytes(Metadata headers) {
    byte[][] namesAndValues = InternalMetadata.serialize(headers);
    int bytes = namesAndValues.length / 2 * HEADER_BYTES;
    for (byte[] each : namesAndValues) {
      bytes += each.length;
    }
    return bytes;
  }

  /**
   * The inbound side of one call. A message that cannot be parsed ends the call here. The service
   * is then notified of a cancellation, since gRPC would report an answered call as completed.
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

    /** A message that is found too large when it is decompressed keeps gRPC's own status. */
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
      call.record(Status.Code.CANCELLED);
    }
  }

  /**
   * The outbound side of one call, which reports its end once. The interceptor and the service may
   * end it concurrently, which gRPC does not allow: the first one ends it, and nothing is sent
   * after that.
   */
  private static final class Timed<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final CallObserver observer;
    private final ResponseBacklog responseBacklog;
    private final long startNanos = System.nanoTime();
    private final AtomicBoolean recorded = new AtomicBoolean();
    // Guarded by this: whether the call is answered, whether its client has received that or
    // cancelled, and the size counted as unread until then.
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

    /** Counts the response of a unary call; false if the call is refused instead. */
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
        record(status.getCode());
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

    private void record(Status.Code code) {
      if (recorded.compareAndSet(false, true)) {
        String method = getMethodDescriptor().getFullMethodName();
        observer.ended(method, code.name(), System.nanoTime() - startNanos);
      }
    }
  }

  /** The size of a marshalled message, which is in memory. */
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

  /** The calls of operators are refused later than others, since diagnosis needs them. */
  private static boolean isForOperators(MethodDescriptor<?, ?> method) {
    return AdminGrpc.SERVICE_NAME.equals(method.getServiceName());
  }

  /** Whether a call only reads: then it may be refused although its response is complete. */
  private static boolean isSafe(MethodDescriptor<?, ?> method) {
    return method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema
        && schema.getMethodDescriptor().getOptions().getIdempotencyLevel()
            == IdempotencyLevel.NO_SIDE_EFFECTS;
  }
}
