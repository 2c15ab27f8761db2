package io.synod.api;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A marshaller of raw bytes, for clients that violate the contract. */
public final class RawBytes implements MethodDescriptor.Marshaller<byte[]> {
  /** Bytes that are not a message of any type. */
  public static byte[] junk() {
    return new byte[] {(byte) 0x0a, (byte) 0xff, (byte) 0xff, 1};
  }

  /** The method with raw bytes as messages. */
  public static MethodDescriptor<byte[], byte[]> method(MethodDescriptor<?, ?> typed) {
    return method(typed.getFullMethodName(), typed.getType());
  }

  /** A method of this name with raw bytes as messages. */
  public static MethodDescriptor<byte[], byte[]> method(
      String name, MethodDescriptor.MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName(name)
        .setRequestMarshaller(new RawBytes())
        .setResponseMarshaller(new RawBytes())
        .build();
  }

  @Override
  public InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
