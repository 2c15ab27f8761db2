package io.synod.sim.check.client;

import io.synod.state.command.Entry;
import io.synod.state.encoding.Payload;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The command of a simulated operation: its label is the operation's unique number, and its payload
 * is unique too.
 */
public final class SubmittedCommand {
  private static final char MARK = '#';

  private SubmittedCommand() {}

  /** The payload of operation {@code number}, {@code bytes} long. */
  public static Payload payload(long number, int bytes) {
    byte[] payload = new byte[Math.max(Long.BYTES, bytes)];
    // Some payloads are zeroes after their number, which recovery must not mistake for a sector
    // that was never written.
    Arrays.fill(payload, (byte) (number % 7 == 0 ? 0 : number));
    ByteBuffer.wrap(payload).putLong(number);
    return Payload.of(payload);
  }

  /** The label of operation {@code number}. */
  public static String label(long number) {
    return MARK + Long.toString(number);
  }

  /** The number of the operation in this entry; 0 if it has none. */
  public static long of(Entry entry) {
    String label = entry.contentType();
    return label.length() > 1 && label.charAt(0) == MARK
        ? Long.parseLong(label, 1, label.length(), 10)
        : 0;
  }
}
