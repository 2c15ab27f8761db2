package io.synod.sim.check;

import io.synod.state.Entry;
import io.synod.state.Payload;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** What a simulated caller proposes: a number that no other operation has, and some filling. */
public final class Operation {
  private Operation() {}

  /** The payload of operation {@code number}, {@code bytes} long. */
  public static Payload payload(long number, int bytes) {
    byte[] payload = new byte[Math.max(Long.BYTES, bytes)];
    // Some are all zeroes, which a disk may take for a sector that never arrived.
    Arrays.fill(payload, (byte) (number % 7 == 0 ? 0 : number));
    ByteBuffer.wrap(payload).putLong(number);
    return Payload.of(payload);
  }

  /** The number of the operation in this entry. */
  public static long of(Entry entry) {
    return ByteBuffer.wrap(entry.payload().bytes()).getLong();
  }
}
