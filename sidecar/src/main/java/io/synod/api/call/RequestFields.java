package io.synod.api.call;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.synod.runtime.node.ReadLevel;
import io.synod.state.command.Entry;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.v1.ReadOptions;
import io.synod.v1.SessionSequence;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Checks the fields of requests. An error names the field, and never its content. */
public final class RequestFields {
  /** How many unacknowledged sequences a session may have open. */
  public static final int UNACKNOWLEDGED_MAX = 1 << 14;

  private static final int LABEL_BYTES_MAX = 255;
  private static final int ID_DIGITS_MAX = 19;
  private static final Pattern CONSUMER = Pattern.compile("[a-z0-9._-]{1,64}");
  private static final long DURATION_SECONDS_MAX = 365L * 24 * 3600;

  private RequestFields() {}

  /** A label for people: short, one line. */
  public static String label(String field, String value) {
    if (value.length() > LABEL_BYTES_MAX
        || value.getBytes(StandardCharsets.UTF_8).length > LABEL_BYTES_MAX) {
      throw StatusErrors.invalid(field, "must have at most " + LABEL_BYTES_MAX + " bytes");
    }
    for (int i = 0; i < value.length(); i++) {
      if (Character.isISOControl(value.charAt(i))) {
        throw StatusErrors.invalid(field, "must not hold control characters");
      }
    }
    return value;
  }

  /** A key of the map. */
  public static String key(String field, String value) {
    if (value.isEmpty()) {
      throw StatusErrors.invalid(field, "must be set");
    }
    return prefix(field, value);
  }

  /** A key of the map, or "". */
  public static String prefix(String field, String value) {
    if (value.length() > Txn.KEY_BYTES_MAX
        || value.getBytes(StandardCharsets.UTF_8).length > Txn.KEY_BYTES_MAX) {
      throw StatusErrors.invalid(field, "must have at most " + Txn.KEY_BYTES_MAX + " bytes");
    }
    return value;
  }

  /** A caller's id for a request. */
  static String requestId(String field, String value) {
    boolean printable = !value.isEmpty() && value.length() <= Entry.REQUEST_ID_BYTES_MAX;
    for (int i = 0; printable && i < value.length(); i++) {
      printable = value.charAt(i) >= ' ' && value.charAt(i) <= '~';
    }
    if (!printable) {
      throw StatusErrors.invalid(
          field, "must be 1 to " + Entry.REQUEST_ID_BYTES_MAX + " printable ASCII characters");
    }
    return value;
  }

  /** An unsigned number, which must fit a signed one. */
  public static long number(String field, long value) {
    if (value < 0) {
      throw StatusErrors.invalid(field, "must be below 2^63");
    }
    return value;
  }

  /** As {@link #number}, and not 0. */
  public static long positive(String field, long value) {
    if (value == 0) {
      throw StatusErrors.invalid(field, "must be at least 1");
    }
    return number(field, value);
  }

  /** A number between 0 and {@code max}; {@code fallback} if it is 0. */
  public static int bounded(String field, int value, int fallback, int max) {
    if (value < 0 || value > max) {
      throw StatusErrors.invalid(field, "must be between 0 and " + max + ", not " + value);
    }
    return value == 0 ? fallback : value;
  }

  /** The name of a lock. */
  public static String lock(String field, String name) {
    if (name.isEmpty()) {
      throw StatusErrors.invalid(field, "must be set");
    }
    return label(field, name);
  }

  /** The name of a consumer. */
  public static String consumer(String field, String name) {
    if (!CONSUMER.matcher(name).matches()) {
      throw StatusErrors.invalid(field, "must be 1 to 64 characters of a-z, 0-9, '-', '.' and '_'");
    }
    return name;
  }

  /** At most {@code max} bytes. */
  public static Payload bytes(String field, ByteString value, int max) {
    if (value.size() > max) {
      throw StatusErrors.invalid(field, "must have at most " + max + " bytes");
    }
    return CommonMessages.payload(value);
  }

  /** The id of a session, as this cluster writes them. */
  public static long session(String field, String id) {
    return id(field, id, "is not a session id");
  }

  /** The id of a node. */
  public static int node(String field, String id) {
    long node = id(field, id, "is not a node id");
    if (node > Integer.MAX_VALUE) {
      throw StatusErrors.invalid(field, "is not a node id");
    }
    return (int) node;
  }

  /** The place of a proposal in its session; returns the session. */
  static long sequence(SessionSequence given) {
    long session = session("session_sequence.session_id", given.getSessionId());
    long sequence = positive("session_sequence.sequence", given.getSequence());
    long acked = number("session_sequence.acked_below", given.getAckedBelow());
    if (acked > sequence) {
      throw StatusErrors.invalid(
          "session_sequence.acked_below", "must not be above session_sequence.sequence");
    }
    return session;
  }

  /** The level of a read; STRONG by default. */
  static ReadLevel level(ReadOptions options) {
    ReadLevel level =
        switch (options.getLevel()) {
          case READ_LEVEL_UNSPECIFIED, READ_LEVEL_STRONG -> ReadLevel.STRONG;
          case READ_LEVEL_SESSION -> ReadLevel.SESSION;
          case READ_LEVEL_BOUNDED -> ReadLevel.BOUNDED;
          case READ_LEVEL_LOCAL -> ReadLevel.LOCAL;
          case UNRECOGNIZED ->
              throw StatusErrors.invalid(
                  "options.level", "is not a read level: " + options.getLevelValue());
        };
    if (level == ReadLevel.BOUNDED && !options.hasMaxStaleness()) {
      throw StatusErrors.invalid("options.max_staleness", "must be set for a BOUNDED read");
    }
    if (level != ReadLevel.BOUNDED && options.hasMaxStaleness()) {
      throw StatusErrors.invalid("options.max_staleness", "must be set for a BOUNDED read only");
    }
    return level;
  }

  /** A duration of at least {@code min}. */
  public static java.time.Duration atLeast(String field, Duration value, java.time.Duration min) {
    if (!Durations.isValid(value) || value.getSeconds() > DURATION_SECONDS_MAX) {
      throw StatusErrors.invalid(field, "must be a duration of at most 365 days");
    }
    java.time.Duration duration =
        java.time.Duration.ofSeconds(value.getSeconds(), value.getNanos());
    if (duration.compareTo(min) < 0) {
      throw StatusErrors.invalid(field, "must be at least " + min.toMillis() + " ms");
    }
    return duration;
  }

  /** A duration of at least {@code min} and at most {@code max}. */
  public static java.time.Duration between(
      String field, Duration value, java.time.Duration min, java.time.Duration max) {
    java.time.Duration duration = atLeast(field, value, min);
    if (duration.compareTo(max) > 0) {
      throw StatusErrors.invalid(field, "must be at most " + max.toSeconds() + " s");
    }
    return duration;
  }

  private static long id(String field, String id, String otherwise) {
    if (id.isEmpty()) {
      throw StatusErrors.invalid(field, "must be set");
    }
    boolean digits = id.length() <= ID_DIGITS_MAX && id.charAt(0) != '0';
    for (int i = 0; digits && i < id.length(); i++) {
      digits = id.charAt(i) >= '0' && id.charAt(i) <= '9';
    }
    // A number of nineteen digits may exceed a long.
    if (!digits || (id.length() == ID_DIGITS_MAX && id.compareTo("" + Long.MAX_VALUE) > 0)) {
      throw StatusErrors.invalid(field, otherwise);
    }
    return Long.parseLong(id);
  }
}
