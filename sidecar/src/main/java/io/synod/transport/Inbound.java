package io.synod.transport;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.synod.paxos.value.Input;
import io.synod.peer.v1.PeerGrpc;
import io.synod.peer.v1.SendSummary;
import io.synod.runtime.port.RateLimitedLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The receiving end of all streams from peers. Frames are received as bytes, so that a malformed
 * one is dropped and counted without ending its stream. It runs on the event loops and never
 * blocks; the old and the new stream of one peer may deliver concurrently.
 */
final class Inbound implements ServerCallHandler<byte[], SendSummary> {
  private static final Logger LOG = LoggerFactory.getLogger(Inbound.class);

  /** How many messages of a stream may be in flight. */
  private static final int AHEAD = 16;

  /** Decides on streams of peers, and observes every stream that is accepted. */
  interface Arrivals {
    /** Why a stream of this peer is refused; null if it is accepted. */
    @Nullable Status refusal(Handshake caller);

    /** A stream of this peer was accepted. */
    void arrived(Handshake caller);

    /** A stream that was accepted ended. */
    void ended(Handshake caller);
  }

  private final WireCodec codec;
  private final Supplier<Handshake> self;
  private final Map<Integer, TrafficCounter> tallies;
  private final Consumer<Input> mailbox;
  private final Arrivals arrivals;
  private final LongAdder refused = new LongAdder();
  private final RateLimitedLog refusals = new RateLimitedLog(LOG);
  private final RateLimitedLog malformed = new RateLimitedLog(LOG);

  /**
   * Receives frames for a node.
   *
   * @param self returns this node now, as the handshake of a stream to itself
   */
  Inbound(
      WireCodec codec,
      Supplier<Handshake> self,
      Map<Integer, TrafficCounter> tallies,
      Consumer<Input> mailbox,
      Arrivals arrivals) {
    this.codec = codec;
    this.self = self;
    this.tallies = tallies;
    this.mailbox = mailbox;
    this.arrivals = arrivals;
  }

  ServerServiceDefinition service() {
    MethodDescriptor<byte[], SendSummary> method =
        PeerGrpc.getSendMethod().toBuilder(
                new FrameMarshaller(), PeerGrpc.getSendMethod().getResponseMarshaller())
            .build();
    return ServerServiceDefinition.builder(PeerGrpc.SERVICE_NAME).addMethod(method, this).build();
  }

  /** How many streams were refused. */
  long refused() {
    return refused.sum();
  }

  @Override
  public ServerCall.Listener<byte[]> startCall(
      ServerCall<byte[], SendSummary> call, Metadata headers) {
    Handshake caller = Handshake.of(headers);
    Handshake own = self.get();
    Status refusal =
        caller == null
            ? Status.FAILED_PRECONDITION.withDescription("the caller is not a peer")
            : caller.refusal(own, tallies.keySet());
    if (caller != null && refusal == null) {
      refusal = arrivals.refusal(caller);
    }
    TrafficCounter trafficCounter = caller == null ? null : tallies.get(caller.from());
    if (caller == null || trafficCounter == null || refusal != null) {
      refuse(call, refusal == null ? Status.FAILED_PRECONDITION : refusal);
      return new ServerCall.Listener<>() {};
    }
    call.sendHeaders(new Metadata());
    call.sendMessage(SendSummary.newBuilder().setProcess(own.process()).build());
    call.request(AHEAD);
    arrivals.arrived(caller);
    return new Frames(call, caller, trafficCounter);
  }

  private void refuse(ServerCall<byte[], SendSummary> call, Status status) {
    refused.increment();
    Object caller = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    refusals.warn("refused a stream of a peer: {}", status.getDescription() + ", from " + caller);
    call.close(status, new Metadata());
  }

  private final class Frames extends ServerCall.Listener<byte[]> {
    private final ServerCall<byte[], SendSummary> call;
    private final Handshake caller;
    private final int from;
    private final TrafficCounter trafficCounter;

    /** Whether the stream is refused: frames that were in flight then are ignored. */
    private boolean closed;

    Frames(ServerCall<byte[], SendSummary> call, Handshake caller, TrafficCounter trafficCounter) {
      this.call = call;
      this.caller = caller;
      this.from = caller.from();
      this.trafficCounter = trafficCounter;
    }

    @Override
    public void onMessage(byte[] frame) {
      if (closed) {
        return;
      }
      trafficCounter.received(frame.length);
      try {
        Input.Received received = codec.decode(frame);
        if (received.from() != from) {
          throw new MalformedFrame("the frame is from node " + received.from());
        }
        mailbox.accept(received);
      } catch (MalformedFrame wrong) {
        trafficCounter.framesMalformed.increment();
        if (wrong.foreign()) {
          closed = true;
          refuse(call, Status.FAILED_PRECONDITION.withDescription(wrong.getMessage()));
          return;
        }
        malformed.warn(
            "dropped a malformed frame from a peer: {}",
            "node " + from + ", " + wrong.getMessage());
      }
      call.request(1);
    }

    @Override
    public void onCancel() {
      arrivals.ended(caller);
    }

    @Override
    public void onComplete() {
      arrivals.ended(caller);
    }

    @Override
    public void onHalfClose() {
      if (!closed) {
        closed = true;
        call.close(Status.OK, new Metadata());
      }
    }
  }

  /** Reads a frame as one exact array of bytes. */
  private static final class FrameMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] frame) {
      throw new UnsupportedOperationException("frames are only received here");
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readNBytes(stream.available());
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }
  }
}
