package io.synod.state.encoding;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A 64-bit digest of bytes, the same on every machine. It is not cryptographic: it detects
 * accidental differences between replicas and between payloads.
 */
public final class Digest {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long PRIME_1 = 0x9E3779B97F4A7C15L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;

  private Digest() {}

  /** The digest of {@code bytes}, continued from {@code seed}. */
  public static long of(long seed, byte[] bytes) {
    return of(seed, bytes, 0, bytes.length);
  }

  /** As {@link #of(long, byte[])}, of the bytes from {@code from} to before {@code end}. */
  public static long of(long seed, byte[] bytes, int from, int end) {
    long digest = seed ^ ((end - from) * PRIME_1);
    int at = from;
    for (; at + Long.BYTES <= end; at += Long.BYTES) {
      digest = with(digest, (long) LONG.get(bytes, at));
    }
    for (; at < end; at++) {
      digest = with(digest, bytes[at]);
    }
    return digest;
  }

  /** Adds one number. */
  public static long with(long digest, long value) {
    long mixed = (digest ^ (value * PRIME_2)) * PRIME_1;
    return Long.rotateLeft(mixed, 31) ^ (mixed >>> 29);
  }
}
