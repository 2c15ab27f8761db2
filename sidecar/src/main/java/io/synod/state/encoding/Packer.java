package io.synod.state.encoding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes numbers, texts and bytes in a compact form. */
public final class Packer {
  private byte[] bytes = new byte[64];
  private int size;

  /**
   * Appends a number with seven bits a byte, the lowest first; a negative number takes ten bytes.
   */
  public Packer number(long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      put((byte) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    put((byte) left);
    return this;
  }

  public Packer text(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  public Packer payload(Payload payload) {
    return bytes(payload.bytes());
  }

  /** Appends the length, then the bytes. */
  Packer bytes(byte[] added) {
    number(added.length);
    return raw(added, 0, added.length);
  }

  /** Appends the content of another packer: its length, then the bytes. */
  public Packer packed(Packer other) {
    number(other.size);
    return raw(other.bytes, 0, other.size);
  }

  /** Appends the bytes alone. */
  Packer raw(byte[] added, int from, int length) {
    reserve(length);
    System.arraycopy(added, from, bytes, size, length);
    size += length;
    return this;
  }

  public int size() {
    return size;
  }

  /** Removes the first bytes and returns them. */
  public byte[] take(int length) {
    byte[] taken = Arrays.copyOf(bytes, length);
    System.arraycopy(bytes, length, bytes, 0, size - length);
    size -= length;
    return taken;
  }

  /** The digest of the content, continued from {@code seed}. */
  public long digest(long seed) {
    return Digest.of(seed, bytes, 0, size);
  }

  /** Empties it. */
  public Packer clear() {
    size = 0;
    return this;
  }

  public byte[] done() {
    return Arrays.copyOf(bytes, size);
  }

  private void put(byte value) {
    reserve(1);
    bytes[size++] = value;
  }

  private void reserve(int more) {
    if (more > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }
}
