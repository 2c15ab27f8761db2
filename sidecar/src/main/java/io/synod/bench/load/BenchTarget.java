package io.synod.bench.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is measured. */
public enum BenchTarget {
  /** Synod's sidecars. */
  SYNOD("Synod", new SynodProtocol(), null),

  /** etcd's members. */
  ETCD("etcd", new EtcdProtocol(), null),

  /** A server of our own that does nothing: how fast the generator itself can be. */
  NOOP("noop", new SynodProtocol(), "noop.Noop/Call");

  private static final int KEYS = 1000;

  private final String title;

  @SuppressWarnings("Immutable") // it is, but is not annotated so
  private final ClientProtocol clientProtocol;

  private final @Nullable String onlyMethod;

  BenchTarget(String title, ClientProtocol clientProtocol, @Nullable String onlyMethod) {
    this.title = title;
    this.clientProtocol = clientProtocol;
    this.onlyMethod = onlyMethod;
  }

  /** Its name, for people. */
  public String title() {
    return title;
  }

  ClientProtocol clientProtocol() {
    return clientProtocol;
  }

  /** Writes one value at a member; throws gRPC's error if that fails. */
  public void put(Channel member, long number, byte[] value, Duration timeout) {
    byte[] request =
        clientProtocol.request(new LoopWork(BenchOperation.PUT, KEYS, 0), number, value);
    byte[] unused =
        ClientCalls.blockingUnaryCall(member, method(BenchOperation.PUT), within(timeout), request);
  }

  /** Asks a member for its status; throws gRPC's error if that fails. */
  public MemberStatus status(Channel member, Duration timeout) {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.newBuilder(new BytesMarshaller(false), new BytesMarshaller(true))
            .setType(MethodType.UNARY)
            .setFullMethodName(clientProtocol.statusMethod())
            .build();
    byte[] answer = ClientCalls.blockingUnaryCall(member, method, within(timeout), new byte[0]);
    try {
      return clientProtocol.status(answer);
    } catch (IOException malformed) {
      throw new UncheckedIOException(title + " answers with a malformed status", malformed);
    }
  }

  private static CallOptions within(Duration timeout) {
    return CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** The call, with messages as bytes; of answers an OK status is all that is asked. */
  MethodDescriptor<byte[], byte[]> method(BenchOperation operation) {
    String name = onlyMethod == null ? clientProtocol.method(operation) : onlyMethod;
    return MethodDescriptor.newBuilder(new BytesMarshaller(false), new BytesMarshaller(false))
        .setType(MethodType.UNARY)
        .setFullMethodName(name)
        .build();
  }

  /** The call that follows keys, with messages as bytes. */
  MethodDescriptor<byte[], byte[]> watchMethod() {
    MethodType type =
        clientProtocol.watchTakesMore() ? MethodType.BIDI_STREAMING : MethodType.SERVER_STREAMING;
    return MethodDescriptor.newBuilder(new BytesMarshaller(false), new BytesMarshaller(true))
        .setType(type)
        .setFullMethodName(clientProtocol.watchMethod())
        .build();
  }

  /** Messages as bytes; spends nothing on answers that are not displayed. */
  private record BytesMarshaller(boolean kept) implements MethodDescriptor.Marshaller<byte[]> {
    private static final byte[] IGNORED = new byte[0];

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return kept ? stream.readAllBytes() : IGNORED;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
