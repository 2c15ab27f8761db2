package io.synod.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a length of time, and what is none. */
class DurationTextTest {
  @ParameterizedTest
  @CsvSource({
    "0ms, PT0S",
    "250ms, PT0.25S",
    "5s, PT5S",
    "2 m, PT2M",
    "1h, PT1H",
    "007s, PT7S",
    "999999999h, PT999999999H"
  })
  void readsANumberAndItsUnit(String text, Duration read) {
    assertThat(DurationText.parse(text)).contains(read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "5",
        "ms",
        "-1s",
        "+1s",
        "1.5s",
        "1S",
        "1d",
        "5parsecs",
        "1s ",
        " 1s",
        "1  s",
        "1\ts",
        "1h30m",
        "PT1S",
        "1000000000s",
        "\u0661s"
      })
  void refusesAnythingElse(String text) {
    assertThat(DurationText.parse(text)).isEmpty();
  }

  @Test
  void readsWhatItGivesAsExamples() {
    assertThat(DurationText.EXAMPLES.split("(, | or )"))
        .hasSize(3)
        .allMatch(example -> DurationText.parse(example).isPresent());
  }
}
