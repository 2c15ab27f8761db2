package io.synod.state.command;

import io.synod.state.encoding.Payload;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One command of the log as the replicated state reads it.
 *
 * <p>Layout, big-endian: kind (1), node (4), session (8), sequence (8), acknowledged below (8),
 * attempt (8), length of the content type (1), the content type in UTF-8, length of the request id
 * (1), the request id in UTF-8, the payload.
 *
 * @param kind the type of the command
 * @param node the node that proposed it
 * @param session the session it belongs to; 0 if it needs none, see {@link Kind#isSessionless}
 * @param sequence its number in the session, from 1; for an entry without a session, any number by
 *     which its proposer recognizes it
 * @param ackedBelow answers to sequences below this were received and may be forgotten; for an
 *     entry without a session, its birth: the last index that its proposer had applied when it made
 *     it
 * @param attempt a random number of the caller's request: copies of one attempt have the same,
 *     another attempt at the same sequence or request id has another; 0 if none was drawn
 * @param contentType the caller's label for the payload, or the display name of a session; at most
 *     {@value #CONTENT_TYPE_BYTES_MAX} bytes of UTF-8
 * @param requestId a name by which the answer is remembered for a window of the log; "" if it has
 *     none; at most {@value #REQUEST_ID_BYTES_MAX} bytes of UTF-8
 * @param payload its parameters, in the form of its kind; shared, never changed
 */
public record Entry(
    Kind kind,
    int node,
    long session,
    long sequence,
    long ackedBelow,
    long attempt,
    String contentType,
    String requestId,
    Payload payload) {

  /** The longest content type, in bytes of UTF-8. */
  public static final int CONTENT_TYPE_BYTES_MAX = 255;

  /** The longest request id, in bytes of UTF-8. */
  public static final int REQUEST_ID_BYTES_MAX = 64;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final int NODE_AT = 1;
  private static final int SESSION_AT = 5;
  private static final int SEQUENCE_AT = 13;
  private static final int ACKED_AT = 21;
  private static final int ATTEMPT_AT = 29;
  private static final int TYPE_LENGTH_AT = 37;
  private static final int TYPE_AT = 38;

  /** Identifies an entry: repetitions of an entry have the same key. */
  public record Key(long session, long sequence) {}

  /** The entry as a command for the log. */
  public byte[] encode() {
    byte[] type = label(contentType, CONTENT_TYPE_BYTES_MAX);
    byte[] request = label(requestId, REQUEST_ID_BYTES_MAX);
    int requestAt = TYPE_AT + type.length;
    int payloadAt = requestAt + 1 + request.length;
    byte[] bytes = new byte[payloadAt + payload.bytes().length];
    bytes[0] = (byte) kind.number();
    INT.set(bytes, NODE_AT, node);
    LONG.set(bytes, SESSION_AT, session);
    LONG.set(bytes, SEQUENCE_AT, sequence);
    LONG.set(bytes, ACKED_AT, ackedBelow);
    LONG.set(bytes, ATTEMPT_AT, attempt);
    bytes[TYPE_LENGTH_AT] = (byte) type.length;
    System.arraycopy(type, 0, bytes, TYPE_AT, type.length);
    bytes[requestAt] = (byte) request.length;
    System.arraycopy(request, 0, bytes, requestAt + 1, request.length);
    System.arraycopy(payload.bytes(), 0, bytes, payloadAt, payload.bytes().length);
    return bytes;
  }

  private static byte[] label(String text, int bytesMax) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > bytesMax) {
      throw new IllegalArgumentException("a label of " + bytes.length + " bytes");
    }
    return bytes;
  }

  /** Decodes a command of the log; null if it is no entry, which all nodes decide alike. */
  public static @Nullable Entry decode(byte[] bytes) {
    if (bytes.length <= TYPE_AT) {
      return null;
    }
    Kind kind = (int) INT.get(bytes, NODE_AT) < 0 ? null : Kind.of(bytes[0]);
    int requestAt = TYPE_AT + (bytes[TYPE_LENGTH_AT] & 0xff);
    if (kind == null || bytes.length <= requestAt) {
      return null;
    }
    int payloadAt = requestAt + 1 + (bytes[requestAt] & 0xff);
    if (bytes.length < payloadAt) {
      return null;
    }
    return new Entry(
        kind,
        (int) INT.get(bytes, NODE_AT),
        (long) LONG.get(bytes, SESSION_AT),
        (long) LONG.get(bytes, SEQUENCE_AT),
        (long) LONG.get(bytes, ACKED_AT),
        (long) LONG.get(bytes, ATTEMPT_AT),
        new String(bytes, TYPE_AT, requestAt - TYPE_AT, StandardCharsets.UTF_8),
        new String(bytes, requestAt + 1, payloadAt - requestAt - 1, StandardCharsets.UTF_8),
        Payload.of(Arrays.copyOfRange(bytes, payloadAt, bytes.length)));
  }

  /** This entry as another attempt. */
  public Entry attempted(long number) {
    return new Entry(
        kind, node, session, sequence, ackedBelow, number, contentType, requestId, payload);
  }

  /** This entry, which permits to forget the answers below this sequence. */
  public Entry acknowledging(long below) {
    return below <= ackedBelow
        ? this
        : new Entry(kind, node, session, sequence, below, attempt, contentType, requestId, payload);
  }

  /** The key of this entry. */
  public Key key() {
    return new Key(session, sequence);
  }

  /** The key of an encoded entry. */
  public static Key keyOf(byte[] bytes) {
    return new Key((long) LONG.get(bytes, SESSION_AT), (long) LONG.get(bytes, SEQUENCE_AT));
  }

  /** The type of an entry. The numbers are stored on disks: they never change. */
  public enum Kind {
    /** An opaque command for the application's own state machine. */
    COMMAND(1),
    /** Opens a session, whose id is the index of this entry: {@link SystemCommands.Open}. */
    OPEN_SESSION(2),
    /** Ends a session. */
    CLOSE_SESSION(3),
    /** A sidecar renews the sessions that it keeps alive: {@link SystemCommands.Renew}. */
    RENEW_SESSIONS(4),
    /**
     * Expires sessions that were not renewed within their time to live: {@link
     * SystemCommands.Expire}.
     */
    EXPIRE_SESSIONS(5),
    /** Reads and writes pairs: {@link Txn}. */
    KV(6),
    /** Removes the pairs whose time to live has ended. */
    EXPIRE_KEYS(7),
    /** Opens a session that holds a lock, or waits for it: {@link SystemCommands.Hold}. */
    HOLD(8),
    /** An operator takes a lock from its holder: {@link SystemCommands.Release}. */
    RELEASE(9),
    /** A copy of a consumer reports its progress: {@link SystemCommands.Acknowledge}. */
    ACKNOWLEDGE(10),
    /** A sidecar received a consumer's snapshot, or a copy of it: {@link SystemCommands.Store}. */
    STORE(11),
    /** Forgets a consumer: its name is the content type. */
    DROP_CONSUMER(12),
    /**
     * A sidecar opens a session of its own, which replaces its previous one: {@link
     * SystemCommands.OpenOwn}.
     */
    OPEN_OWN_SESSION(13),
    /** Raises the cluster's level: {@link SystemCommands.RaiseLevel}. */
    RAISE_LEVEL(14);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** Whether an entry of this kind opens a session, whose id is then the entry's index. */
    public boolean opensSession() {
      return this == OPEN_SESSION || this == HOLD || this == OPEN_OWN_SESSION;
    }

    /**
     * Whether an entry of this kind needs no session: one that opens a session, or that releases or
     * renews something and must not depend on a resource that may be exhausted.
     */
    public boolean isSessionless() {
      return switch (this) {
        case OPEN_SESSION, HOLD, OPEN_OWN_SESSION -> true;
        case RENEW_SESSIONS, EXPIRE_SESSIONS, EXPIRE_KEYS, RELEASE, RAISE_LEVEL -> true;
        default -> false;
      };
    }

    private static @Nullable Kind of(byte number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      return null;
    }

    /** The number in messages and on disks. */
    public int number() {
      return number;
    }
  }
}
