package io.synod.cli.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.util.Durations;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class DurationOptionTest {
  private static final Duration LONGEST_TEXT = new DurationOption().convert("999999999h");

  @Test
  void readsATime() {
    assertThat(new DurationOption().convert("2s")).isEqualTo(Duration.ofSeconds(2));
    assertThatThrownBy(() -> new DurationOption().convert("soon"))
        .isInstanceOf(TypeConversionException.class)
        .hasMessageContaining("'soon' is not a length of time");
  }

  @Test
  void everyTimeFitsIntoADeadline() {
    assertThat(System.nanoTime() + 3 * LONGEST_TEXT.toNanos()).isPositive();
  }

  @Test
  void everyTimeFitsIntoARequest() {
    assertThat(Durations.toNanos(Durations.fromMillis(LONGEST_TEXT.toMillis()))).isPositive();
  }
}
