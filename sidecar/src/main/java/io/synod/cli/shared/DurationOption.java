package io.synod.cli.shared;

import io.synod.text.DurationText;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an option's length of time. */
public final class DurationOption implements ITypeConverter<Duration> {
  /** For picocli. */
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
