package io.synod.cli.shared;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import io.synod.v1.Ballot;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Formats values for display. Control characters from outside never reach the terminal. */
public final class ValueText {
  private static final int HEX_BYTES_MAX = 64;
  private static final Pattern PLAIN = Pattern.compile("[\\w./:@%+=,-]+");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private ValueText() {}

  /**
   * A command: as text if it is printable UTF-8 on one line, otherwise its start in hexadecimal.
   */
  public static String command(ByteString bytes) {
    if (bytes.isValidUtf8()) {
      String text = bytes.toStringUtf8();
      if (text.codePoints().allMatch(ValueText::printable)) {
        return text;
      }
    }
    int shown = Math.min(bytes.size(), HEX_BYTES_MAX);
    String hex = HexFormat.of().formatHex(bytes.substring(0, shown).toByteArray());
    return shown == bytes.size() ? "hex:" + hex : "hex:" + hex + "… (" + bytes(bytes.size()) + ")";
  }

  /** A key or another exact text: unchanged if it is printable, otherwise in hexadecimal. */
  public static String text(String text) {
    return command(ByteString.copyFromUtf8(text));
  }

  /** A text quoted as one word of a shell. */
  public static String word(String text) {
    return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** Text of another program, on one line. */
  public static String line(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints().map(c -> printable(c) ? c : ' ').forEach(line::appendCodePoint);
    return line.toString().strip();
  }

  private static boolean printable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  public static String bytes(long bytes) {
    return bytes == 1 ? "1 byte" : format("%,d bytes", bytes);
  }

  public static String ballot(Ballot ballot) {
    return ballot.getRound() == 0
        ? "none"
        : Long.toUnsignedString(ballot.getRound()) + "." + line(ballot.getNodeId());
  }

  public static String node(String id) {
    return "node " + line(id);
  }

  public static String nodes(List<String> ids) {
    return ids.isEmpty()
        ? "-"
        : (ids.size() == 1 ? "node " : "nodes ")
            + ids.stream().map(ValueText::line).collect(Collectors.joining(", "));
  }

  public static String time(Timestamp time) {
    return TIME.format(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()));
  }

  public static String span(Duration duration) {
    return span(Durations.toNanos(duration));
  }

  static String span(long nanos) {
    if (nanos == 0) {
      return "0 ms";
    }
    if (nanos < 1_000_000_000L) {
      double millis = nanos / 1e6;
      return format(millis < 10 ? "%.2f ms" : "%.0f ms", millis);
    }
    return format("%.1f s", nanos / 1e9);
  }

  /** As {@link String#format}, independent of the machine's locale. */
  @FormatMethod
  public static String format(@FormatString String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }

  /** {@code 1 entry}, {@code 2 entries}. */
  public static String count(long count, String one, String many) {
    return format("%,d ", count) + (count == 1 ? one : many);
  }
}
