package io.synod.state.encoding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Decodes what a {@link Packer} wrote. It throws on malformed input, and never reads beyond it. */
public final class Unpacker {
  private final byte[] bytes;
  private final int end;
  private int at;

  public Unpacker(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  public Unpacker(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /** The bytes are malformed. */
  public static final class Misfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Misfit(String message) {
      super(message);
    }
  }

  boolean isEmpty() {
    return at >= end;
  }

  public int at() {
    return at;
  }

  public long number() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at >= end) {
        throw new Misfit("it ends within a number");
      }
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new Misfit("a number of more than ten bytes");
  }

  /** Reads a number from 0 on. */
  public long natural() {
    long value = number();
    if (value < 0) {
      throw new Misfit(value + " where a number of at least 0 is expected");
    }
    return value;
  }

  /** Reads a number from 0 to {@code max}. */
  public int small(int max) {
    long value = number();
    if (value < 0 || value > max) {
      throw new Misfit(value + " where a number of at most " + max + " is expected");
    }
    return (int) value;
  }

  public String text() {
    int length = length();
    at += length;
    return new String(bytes, at - length, length, StandardCharsets.UTF_8);
  }

  public Payload payload() {
    byte[] read = bytes();
    return read.length == 0 ? Payload.EMPTY : Payload.of(read);
  }

  byte[] bytes() {
    int length = length();
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  /** Reads a length, which must not exceed the bytes after it. */
  private int length() {
    long length = number();
    if (length < 0 || length > end - at) {
      throw new Misfit("a length of " + length + " where " + (end - at) + " bytes are left");
    }
    return (int) length;
  }

  /** Checks that nothing is left. */
  public void end() {
    if (!isEmpty()) {
      throw new Misfit(end - at + " bytes too many");
    }
  }
}
