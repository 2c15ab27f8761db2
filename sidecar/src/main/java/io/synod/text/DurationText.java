package io.synod.text;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses durations in text: a whole number and its unit, as in {@code 250ms}. */
public final class DurationText {
  /** Examples, for error messages. */
  public static final String EXAMPLES = "500ms, 2s or 1m";

  private static final Pattern FORM = Pattern.compile("(\\d{1,9}) ?(ms|s|m|h)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L);

  private DurationText() {}

  /** The duration; empty if the text is not one. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    // At most nine digits match, so no product overflows a long.
    long unit = MILLIS.getOrDefault(matcher.group(2), 1L);
    return Optional.of(Duration.ofMillis(Long.parseLong(matcher.group(1)) * unit));
  }
}
