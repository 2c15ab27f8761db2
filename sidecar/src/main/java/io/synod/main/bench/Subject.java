package io.synod.main.bench;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What is measured: how to ask for one replicated, durable write. */
enum Subject {
  /** {@code synod.v1.Log/Propose}: a command in the log. */
  SYNOD("Synod", LogGrpc.getProposeMethod().getFullMethodName()) {
    @Override
    byte[] request(long number, byte[] value) {
      return ProposeRequest.newBuilder()
          .setCommand(UnsafeByteOperations.unsafeWrap(value))
          .build()
          .toByteArray();
    }
  },

  /**
   * {@code etcdserverpb.KV/Put}: a key's value. Two fields of one message are all we need of etcd's
   * API, so they are written by hand: its .proto files stay out of this project.
   */
  ETCD("etcd", "etcdserverpb.KV/Put") {
    @Override
    byte[] request(long number, byte[] value) {
      byte[] key = Long.toString(KEYS + number % KEYS).getBytes(StandardCharsets.US_ASCII);
      int size =
          CodedOutputStream.computeByteArraySize(1, key)
              + CodedOutputStream.computeByteArraySize(2, value);
      byte[] request = new byte[size];
      CodedOutputStream out = CodedOutputStream.newInstance(request);
      try {
        out.writeByteArray(1, key);
        out.writeByteArray(2, value);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      out.checkNoSpaceLeft();
      return request;
    }
  },

  /** A server of our own that does nothing: how fast the generator itself can be. */
  NOOP("noop", "noop.Noop/Call") {
    @Override
    byte[] request(long number, byte[] value) {
      return SYNOD.request(number, value);
    }
  };

  /** How many keys the writes to etcd go round. */
  static final long KEYS = 100_000;

  private final String title;

  @SuppressWarnings("Immutable") // it is, but does not say so
  private final MethodDescriptor<byte[], byte[]> method;

  Subject(String title, String method) {
    this.title = title;
    Bytes bytes = new Bytes();
    this.method =
        MethodDescriptor.newBuilder(bytes, bytes)
            .setType(MethodType.UNARY)
            .setFullMethodName(method)
            .build();
  }

  /** Its name, for people. */
  String title() {
    return title;
  }

  /** The call, with messages as bytes. */
  MethodDescriptor<byte[], byte[]> method() {
    return method;
  }

  /** An encoded request to write {@code value}; {@code number} counts the requests. */
  abstract byte[] request(long number, byte[] value);

  /** Spends nothing on answers, whoever gives them: an OK status is all that is asked. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    private static final byte[] IGNORED = new byte[0];

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      return IGNORED;
    }
  }
}
