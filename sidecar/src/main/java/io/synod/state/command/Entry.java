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
 * @param kind what it asks for
 * @param node the node that proposed it
 * @param session the session it belongs to; 0 if it needs none, as {@link Kind#isSessionless} says
 * @param sequence its number in the session, from 1; for an entry without a session any number by
 *     which the proposer knows its own
 * @param ackedBelow answers to sequences below this were received and may be forgotten; for an
 *     entry without a session its birth: the last index that its proposer had applied when it made
 *     it
 * @param attempt the number that its proposer drew when the caller asked: copies of one attempt
 *     have one number, another attempt at the same sequence or request id has another; 0 if none
 *     was drawn
 * @param contentType the caller's label for the payload, or the display name of a session; at most
 *     {@value #CONTENT_TYPE_BYTES_MAX} bytes of UTF-8
 * @param requestId by this name the answer is remembered for a while; "" if it has none; at most
 *     {@value #REQUEST_ID_BYTES_MAX} bytes of UTF-8
 * @param payload what it asks for, as its kind says; shared, never changed
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

  /** What makes a repetition of an entry the same entry. */
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

  /** Reads a command of the log; null if it is no entry, on every node alike. */
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

  /** The same entry as another attempt. */
  public Entry attempted(long number) {
    return new Entry(
        kind, node, session, sequence, ackedBelow, number, contentType, requestId, payload);
  }

  /** The same entry, which says that answers below this sequence may be forgotten. */
  public Entry acknowledging(long below) {
    return below <= ackedBelow
        ? this
        : new Entry(kind, node, session, sequence, below, attempt, contentType, requestId, payload);
  }

  /** By what its proposer and the state know this entry. */
  public Key key() {
    return new Key(session, sequence);
  }

  /** The key of an encoded entry. */
  public static Key keyOf(byte[] bytes) {
    return new Key((long) LONG.get(bytes, SESSION_AT), (long) LONG.get(bytes, SEQUENCE_AT));
  }

  /** What an entry asks for. The numbers are on disks: they are never changed. */
  public enum Kind {
    /** An opaque command for the application's own state machine. */
    COMMAND(1),
    /** Opens a session, whose id is the index of this entry: {@link SystemCommands.Open}. */
    OPEN_SESSION(2),
    /** Ends a session. */
    CLOSE_SESSION(3),
    /** Sessions are kept by the sidecar that proposes this: {@link SystemCommands.Renew}. */
    RENEW_SESSIONS(4),
    /** Nobody kept these sessions for their time to live: {@link SystemCommands.Expire}. */
    EXPIRE_SESSIONS(5),
    /** Reads and writes pairs: {@link Txn}. */
    KV(6),
    /** Removes the pairs whose time to live is over. */
    EXPIRE_KEYS(7),
    /** Opens a session that holds a lock, or waits for it: {@link SystemCommands.Hold}. */
    HOLD(8),
    /** An operator takes a lock from its holder: {@link SystemCommands.Release}. */
    RELEASE(9),
    /** A copy of a consumer says how far it is: {@link SystemCommands.Acknowledge}. */
    ACKNOWLEDGE(10),
    /** A sidecar took over a consumer's snapshot, or a copy of it: {@link SystemCommands.Store}. */
    STORE(11),
    /** Forgets a consumer: its name is the content type. */
    DROP_CONSUMER(12),
    /**
     * A sidecar opens a session of its own, in place of its last: {@link SystemCommands.OpenOwn}.
     */
    OPEN_OWN_SESSION(13);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** Whether an entry of this kind opens a session, whose id is then the entry's index. */
    public boolean opensSession() {
      return this == OPEN_SESSION || this == HOLD || this == OPEN_OWN_SESSION;
    }

    /**
     * Whether an entry of this kind needs no session: what opens one, and what frees something or
     * keeps it, which must never need what may have run out.
     */
    public boolean isSessionless() {
      return switch (this) {
        case OPEN_SESSION, HOLD, OPEN_OWN_SESSION -> true;
        case RENEW_SESSIONS, EXPIRE_SESSIONS, EXPIRE_KEYS, RELEASE -> true;
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

    /** The number on the wire and on disk. */
    public int number() {
      return number;
    }
  }
}
