package io.synod.sim.check.client;

import io.synod.state.command.Entry;
import io.synod.state.encoding.Payload;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What a simulated caller proposes: its label is a number that no other operation has; and there is
 * some filling that no other has.
 */
public final class SubmittedCommand {
  private static final char MARK = '#';

  private SubmittedCommand() {}

  /** Bytes of operation {@code number}, {@code bytes} long. */
  public static Payload payload(long number, int bytes) {
    byte[] payload = new byte[Math.max(Long.BYTES, bytes)];
    // Some are all zeroes, which a disk may take for a sector that never arrived.
    Arrays.fill(payload, (byte) (number % 7 == 0 ? 0 : number));
    ByteBuffer.wrap(payload).putLong(number);
    return Payload.of(payload);
  }

  /** The label of operation {@code number}. */
  public static String label(long number) {
    return MARK + Long.toString(number);
  }

  /** The number of the operation in this entry; 0 if it is none. */
  public static long of(Entry entry) {
    String label = entry.contentType();
    return label.length() > 1 && label.charAt(0) == MARK
        ? Long.parseLong(label, 1, label.length(), 10)
        : 0;
  }
}
