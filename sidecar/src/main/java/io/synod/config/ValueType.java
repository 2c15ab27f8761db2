package io.synod.config;

import io.synod.text.DurationText;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The form of a value, and its parser.
 *
 * @param <T> the type of the parsed value
 * @param label the form for people: the type and its bounds
 * @param reader throws {@link IllegalArgumentException}, whose message is preceded by the key's
 *     name
 */
public record ValueType<T>(String label, Function<String, T> reader) {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
  private static final Pattern POD = Pattern.compile("[a-z][a-z0-9.-]*-(\\d{1,6})");
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12}) ?(B|KiB|MiB|GiB)");
  private static final Map<String, Integer> SHIFTS =
      Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30);

  /** A short name of letters, digits, dots, dashes and underscores. */
  static ValueType<String> name() {
    return new ValueType<>(
        "name",
        text -> matching(NAME, text, "a name of letters, digits, '.', '_' and '-'").group());
  }

  /** Any text, for a path. */
  static ValueType<String> path() {
    return new ValueType<>(
        "directory",
        text -> {
          if (text.indexOf('\0') >= 0) {
            throw new WrongValueException("a directory", text);
          }
          return text;
        });
  }

  /** A node's number, or the name of a StatefulSet's pod, whose ordinal is one less. */
  static ValueType<Integer> node() {
    return new ValueType<>(
        "number >= 1, or pod name",
        text -> {
          Matcher pod = POD.matcher(text);
          if (pod.matches()) {
            return Integer.parseInt(pod.group(1)) + 1;
          }
          return (int)
              number(text, 1, 1_000_000, "a number of 1 or more, or a pod name like synod-0");
        });
  }

  /** A whole number within bounds. */
  static ValueType<Integer> count(int min, int max) {
    String form = "a number from " + min + " to " + max;
    return new ValueType<>(min + " to " + max, text -> (int) number(text, min, max, form));
  }

  /** A length of time within bounds. */
  static ValueType<Duration> duration(String min, String max) {
    Duration least = readDuration(min);
    Duration most = readDuration(max);
    return new ValueType<>(
        "time, " + min + " to " + max,
        text -> {
          Duration read = readDuration(text);
          if (read.compareTo(least) < 0 || read.compareTo(most) > 0) {
            throw new WrongValueException("a time from " + min + " to " + max, text);
          }
          return read;
        });
  }

  /** A number of bytes within bounds. */
  static ValueType<Long> size(String min, String max) {
    long least = readSize(min);
    long most = readSize(max);
    return new ValueType<>(
        "size, " + min + " to " + max,
        text -> {
          long read = readSize(text);
          if (read < least || read > most) {
            throw new WrongValueException("a size from " + min + " to " + max, text);
          }
          return read;
        });
  }

  /** An address to listen on, without a port; {@code *} means all. */
  static ValueType<String> host() {
    return new ValueType<>(
        "address, or * for all", text -> text.equals("*") ? text : Address.host(text));
  }

  /** Nodes and their addresses. */
  static ValueType<SortedMap<Integer, Address>> members() {
    return new ValueType<>("list of number=host:port", ValueType::readMembers);
  }

  /** One constant of an enum, in lower case. */
  static <E extends Enum<E>> ValueType<E> choice(Class<E> words) {
    StringBuilder label = new StringBuilder();
    for (E word : words.getEnumConstants()) {
      label.append(label.isEmpty() ? "" : "|").append(word.name().toLowerCase(Locale.ROOT));
    }
    return new ValueType<>(
        label.toString(),
        text -> {
          for (E word : words.getEnumConstants()) {
            if (word.name().toLowerCase(Locale.ROOT).equals(text)) {
              return word;
            }
          }
          throw new WrongValueException(label.toString().replace("|", " or "), text);
        });
  }

  T read(String text) {
    return reader.apply(text);
  }

  private static SortedMap<Integer, Address> readMembers(String text) {
    SortedMap<Integer, Address> members = new TreeMap<>();
    if (text.isEmpty()) {
      return members;
    }
    for (String part : text.split(",", -1)) {
      String member = part.strip();
      int equals = member.indexOf('=');
      if (equals < 1) {
        throw new WrongValueException("a list like 1=host:port,2=host:port", member);
      }
      int number = node().read(member.substring(0, equals).strip());
      Address address = Address.parse(member.substring(equals + 1).strip());
      if (members.put(number, address) != null) {
        throw new IllegalArgumentException("names node " + number + " twice");
      }
    }
    return members;
  }

  private static Duration readDuration(String text) {
    return DurationText.parse(text)
        .orElseThrow(() -> new WrongValueException("a time like " + DurationText.EXAMPLES, text));
  }

  private static long readSize(String text) {
    Matcher matcher = matching(SIZE, text, "a size like 512KiB or 1MiB");
    return Long.parseLong(matcher.group(1)) << SHIFTS.getOrDefault(matcher.group(2), 0);
  }

  private static long number(String text, long min, long max, String form) {
    if (NUMBER.matcher(text).matches()) {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw new WrongValueException(form, text);
  }

  private static Matcher matching(Pattern pattern, String text, String form) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      throw new WrongValueException(form, text);
    }
    return matcher;
  }
}
