package io.synod.client;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.synod.v1.AdminGrpc;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.ReadRequest;
import io.synod.v1.ReadResponse;
import io.synod.v1.Status;
import io.synod.v1.WatchRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client of the sidecar beside this process: propose, read, watch.
 *
 * <p><b>Threads.</b> Any thread may call any method; one client serves a whole process. Futures
 * complete on threads of gRPC, so do not block in them.
 *
 * <p><b>Time.</b> Every call ends at the latest shortly after its timeout, which is ten seconds by
 * default. Calls that may be repeated are repeated until then.
 *
 * <p><b>Errors.</b> A failure is a {@link SynodException}; {@link SynodException#reason} says why.
 * {@link NoQuorumException}: nothing was executed. {@link OutcomeUnknownException}: it may have
 * been.
 *
 * <pre>{@code
 * try (SynodClient synod = SynodClient.connect()) {
 *   long index = synod.propose("hello".getBytes(UTF_8)).getIndex();
 *   try (Watch watch = synod.watch(1)) {
 *     System.out.println(watch.next().getCommand().toStringUtf8());
 *   }
 * }
 * }</pre>
 */
public final class SynodClient implements AutoCloseable {
  /** The environment variable that names the sidecar's endpoint. */
  public static final String ENDPOINT_VARIABLE = "SYNOD_ENDPOINT";

  /** The default endpoint of a sidecar. */
  public static final String DEFAULT_ENDPOINT = "127.0.0.1:7401";

  /** The default timeout of a call. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  static final int MESSAGE_BYTES_MAX = 64 << 20;

  private final Channel channel;
  private final @Nullable ManagedChannel own;
  private final Proposer proposer;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SynodClient(Channel channel, @Nullable ManagedChannel own) {
    this.channel = channel;
    this.own = own;
    this.proposer = new Proposer(channel);
  }

  /** A client of the sidecar that {@link #ENDPOINT_VARIABLE} names, or of the default one. */
  public static SynodClient connect() {
    String named = System.getenv(ENDPOINT_VARIABLE);
    return connect(named == null || named.isBlank() ? DEFAULT_ENDPOINT : named);
  }

  /**
   * A client of the sidecar at this endpoint. Connects with the first call.
   *
   * @param endpoint a host and port, such as {@code 127.0.0.1:7401}, or a Unix socket, such as
   *     {@code unix:/run/synod/api.sock}
   */
  public static SynodClient connect(String endpoint) {
    ManagedChannel channel =
        Grpc.newChannelBuilder(
                EndpointResolver.target(endpoint), InsecureChannelCredentials.create())
            .build();
    return new SynodClient(channel, channel);
  }

  /** A client over a channel of the caller, which the caller also closes. */
  public static SynodClient over(Channel channel) {
    return new SynodClient(channel, null);
  }

  /**
   * Puts a command into the log, once, and waits until it is chosen, durable and applied at the
   * sidecar.
   *
   * @param command opaque bytes, which must not be changed until this returns
   */
  public ProposeResponse propose(byte[] command) {
    return propose(command, "", DEFAULT_TIMEOUT);
  }

  /**
   * As {@link #propose(byte[])}.
   *
   * @param contentType a label that readers and watchers see; at most 255 bytes of UTF-8
   * @param timeout how long to retry
   * @throws OutcomeUnknownException if it may or may not be in the log, or if interrupted
   * @throws NoQuorumException if there was no quorum, and the command is surely not in the log
   */
  public ProposeResponse propose(byte[] command, String contentType, Duration timeout) {
    try {
      return proposeAsync(command, contentType, timeout).get();
    } catch (ExecutionException e) {
      throw SynodException.of(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OutcomeUnknownException(
          SynodException.of(io.grpc.Status.CANCELLED.withDescription("interrupted").asException()));
    }
  }

  /**
   * As {@link #propose(byte[], String, Duration)}, without waiting: the future fails with the
   * exceptions of that method. Many proposals may be in flight; they are chosen in no particular
   * order. Cancelling the future does not cancel the proposal.
   */
  public CompletableFuture<ProposeResponse> proposeAsync(
      byte[] command, String contentType, Duration timeout) {
    ProposeRequest request =
        ProposeRequest.newBuilder()
            .setCommand(UnsafeByteOperations.unsafeWrap(command))
            .setContentType(contentType)
            .build();
    return proposer.propose(request, timeout);
  }

  /** Reads a page of the log, by default linearizable; see {@link ReadRequest}. */
  public ReadResponse read(ReadRequest request) {
    return read(request, DEFAULT_TIMEOUT);
  }

  /**
   * As {@link #read(ReadRequest)}.
   *
   * @throws CompactedException if the wanted part of the log is no longer kept
   * @throws NoQuorumException if a strong read was wanted and there was no quorum in this time
   */
  public ReadResponse read(ReadRequest request, Duration timeout) {
    return repeatedly(
        timeout,
        remaining ->
            LogGrpc.newBlockingStub(channel)
                .withMaxInboundMessageSize(MESSAGE_BYTES_MAX)
                .withDeadlineAfter(remaining, TimeUnit.NANOSECONDS)
                .read(request));
  }

  /**
   * Follows the log.
   *
   * @param startIndex the first wanted index; 0 for the entries applied from now on
   */
  public Watch watch(long startIndex) {
    return watch(WatchRequest.newBuilder().setStartIndex(startIndex).build());
  }

  /** Follows the log, as this request states. */
  public Watch watch(WatchRequest request) {
    return new Watch(channel, request);
  }

  /** The status of the sidecar. */
  public Status status() {
    return repeatedly(
        DEFAULT_TIMEOUT,
        remaining ->
            AdminGrpc.newBlockingStub(channel)
                .withDeadlineAfter(remaining, TimeUnit.NANOSECONDS)
                .getStatus(GetStatusRequest.getDefaultInstance()));
  }

  /** Closes the session, and the connection if this client made it. Close watches first. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      proposer.close();
      if (own != null) {
        own.shutdownNow();
      }
    }
  }

  /** Calls, and retries while the call is unavailable, until the timeout. */
  private static <T> T repeatedly(Duration timeout, Function<Long, T> call) {
    long deadline = System.nanoTime() + Nanos.of(timeout);
    Backoff backoff = new Backoff();
    while (true) {
      try {
        return call.apply(deadline - System.nanoTime());
      } catch (StatusRuntimeException e) {
        SynodException error = SynodException.of(e);
        long wait = backoff.nextNanos(error);
        if (!error.isPassing() || System.nanoTime() + wait - deadline >= 0) {
          throw error;
        }
        pause(wait, error);
      }
    }
  }

  private static void pause(long nanos, SynodException error) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw error;
    }
  }
}
