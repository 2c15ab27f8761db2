package io.synod.cli.shared;

import io.synod.text.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses an option's duration. */
public final class DurationOption implements ITypeConverter<Duration> {
  /** Called by picocli. */
  public DurationOption() {}

  @Override
  public Duration convert(String value) {
    return DurationText.parse(value)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "'"
                        + value
                        + "' is not a length of time; write it like "
                        + DurationText.EXAMPLES));
  }
}
