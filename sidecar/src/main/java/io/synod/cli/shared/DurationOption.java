package io.synod.cli.shared;

import io.synod.text.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses an option's duration. */
public final class DurationOption implements ITypeConverter<Duration> {
  /**
   * Some 73 years. A longer duration counts as this one, since deadlines are computed in
   * nanoseconds: a few of these and a reading of the clock add up without an overflow.
   */
  private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE / 4);

  /** Called by picocli. */
  public DurationOption() {}

  @Override
  public Duration convert(String value) {
    return DurationText.parse(value)
        .map(duration -> duration.compareTo(MAX) > 0 ? MAX : duration)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'"
                        + value
                        + "' is not a length of time; write it like "
                        + DurationText.EXAMPLES));
  }
}
