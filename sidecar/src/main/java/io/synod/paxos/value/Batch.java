package io.synod.paxos.value;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of one slot: the commands that are chosen together, and their log time. The leader
 * encodes it once; the same bytes go to the disk and to the peers, and never change.
 *
 * <p>Layout, big-endian: log time in milliseconds (8), count (4), then for each command its length
 * (4) and its bytes. A batch with no command is a no-op. One that holds a {@link Membership} has -1
 * in place of the count, and the membership after it.
 */
public final class Batch {
  private static final int HEADER_BYTES = 12;
  private static final int LENGTH_BYTES = 4;
  // In place of the count.
  private static final int MEMBERSHIP = -1;

  private final byte[] encoded;

  private Batch(byte[] encoded) {
    this.encoded = encoded;
  }

  /** A batch of these commands at this log time, in milliseconds since the epoch. */
  public static Batch of(long logTimeMillis, List<Command> commands) {
    int size = HEADER_BYTES;
    for (Command command : commands) {
      size = Math.addExact(size, encodedBytes(command));
    }
    byte[] encoded = new byte[size];
    BigEndian.putLong(encoded, 0, logTimeMillis);
    BigEndian.putInt(encoded, 8, commands.size());
    int at = HEADER_BYTES;
    for (Command command : commands) {
      BigEndian.putInt(encoded, at, command.size());
      System.arraycopy(command.bytes(), 0, encoded, at + LENGTH_BYTES, command.size());
      at += encodedBytes(command);
    }
    return new Batch(encoded);
  }

  /** A batch that holds a membership and no command. */
  public static Batch of(long logTimeMillis, Membership membership) {
    byte[] bytes = membership.encode();
    byte[] encoded = new byte[HEADER_BYTES + bytes.length];
    BigEndian.putLong(encoded, 0, logTimeMillis);
    BigEndian.putInt(encoded, 8, MEMBERSHIP);
    System.arraycopy(bytes, 0, encoded, HEADER_BYTES, bytes.length);
    return new Batch(encoded);
  }

  /** A no-op, which fills a hole in the log. */
  public static Batch noOp(long logTimeMillis) {
    return of(logTimeMillis, List.of());
  }

  /**
   * Decodes a batch that came from a peer or a disk, and takes the array over.
   *
   * @throws IllegalArgumentException if the bytes are not exactly one batch
   */
  public static Batch decode(byte[] encoded) {
    if (encoded.length < HEADER_BYTES) {
      throw new IllegalArgumentException("a batch of " + encoded.length + " bytes is too short");
    }
    int count = BigEndian.getInt(encoded, 8);
    if (count == MEMBERSHIP) {
      // Decoded here only to refuse what is none.
      Membership.decode(Arrays.copyOfRange(encoded, HEADER_BYTES, encoded.length));
      return new Batch(encoded);
    }
    int at = HEADER_BYTES;
    for (int i = 0; i < count; i++) {
      if (encoded.length - at < LENGTH_BYTES) {
        throw new IllegalArgumentException("a batch ends inside command " + i + " of " + count);
      }
      int size = BigEndian.getInt(encoded, at);
      if (size < 0 || size > encoded.length - at - LENGTH_BYTES) {
        throw new IllegalArgumentException(
            "command " + i + " of a batch claims " + size + " bytes");
      }
      at += LENGTH_BYTES + size;
    }
    if (count < 0 || at != encoded.length) {
      throw new IllegalArgumentException("a batch of " + count + " commands has a wrong length");
    }
    return new Batch(encoded);
  }

  /** What {@code command} takes in a batch, in bytes. */
  public static int encodedBytes(Command command) {
    return LENGTH_BYTES + command.size();
  }

  /** The log time in milliseconds since the epoch; never runs back from slot to slot. */
  public long logTimeMillis() {
    return BigEndian.getLong(encoded, 0);
  }

  /** How many commands it holds. */
  public int count() {
    return Math.max(0, kind());
  }

  private int kind() {
    return BigEndian.getInt(encoded, 8);
  }

  /** Whether it holds commands. */
  public boolean hasCommands() {
    return kind() > 0;
  }

  /** Whether it only fills a slot. */
  public boolean isNoOp() {
    return kind() == 0;
  }

  /** The membership that it holds; null if it holds commands. */
  public @Nullable Membership membership() {
    return kind() == MEMBERSHIP
        ? Membership.decode(Arrays.copyOfRange(encoded, HEADER_BYTES, encoded.length))
        : null;
  }

  /** The commands in order, each a copy of its bytes. */
  public List<Command> commands() {
    int count = count();
    List<Command> commands = new ArrayList<>(count);
    int at = HEADER_BYTES;
    for (int i = 0; i < count; i++) {
      int size = BigEndian.getInt(encoded, at);
      at += LENGTH_BYTES;
      commands.add(Command.of(Arrays.copyOfRange(encoded, at, at + size)));
      at += size;
    }
    return commands;
  }

  /** The whole batch as bytes; shared, so read it and never write to it. */
  public byte[] encoded() {
    return encoded;
  }

  /** Length in bytes. */
  public int size() {
    return encoded.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Batch batch && Arrays.equals(encoded, batch.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    Membership membership = membership();
    if (membership != null) {
      return membership.toString();
    }
    return isNoOp() ? "no-op" : count() + " commands, " + size() + " bytes";
  }
}
