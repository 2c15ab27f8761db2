package io.synod.cli.shared;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a length of time as people write it: {@code 250ms}, {@code 5s}, {@code 2m}. */
public final class DurationOption implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L);

  /** For picocli. */
  public DurationOption() {}

  @Override
  public Duration convert(String value) {
    Matcher matcher = FORM.matcher(value);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'" + value + "' is not a length of time; write it like 250ms, 5s or 2m");
    }
    long unit = MILLIS.getOrDefault(matcher.group(2), 1L);
    return Duration.ofMillis(Long.parseLong(matcher.group(1)) * unit);
  }
}
