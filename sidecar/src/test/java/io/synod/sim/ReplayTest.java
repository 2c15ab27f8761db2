package io.synod.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    return Replay.run(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        args);
  }

  @Test
  void tellsWhatHappenedInASeedThatPasses() {
    assertThat(run("1", "--trace")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(" node ", "seed 1: ", " events, trace ")
        .endsWith("no invariant is broken" + System.lineSeparator());
  }

  @Test
  void tellsTheSameOfASeedWithoutItsTrace() {
    assertThat(run("1")).isZero();
    String quiet = out.toString(StandardCharsets.UTF_8);
    assertThat(quiet).startsWith("seed 1: ");
    out.reset();
    assertThat(run("1", "--trace")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).endsWith(quiet);
  }

  @Test
  void digestsTheTracesOfARange() {
    assertThat(run("1..3")).isZero();
    String all = out.toString(StandardCharsets.UTF_8);
    assertThat(all).matches("seeds 1\\.\\.3: 0 broken, digest [0-9a-f]{16}\\R");
    out.reset();
    assertThat(run("1..3")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(all);
    out.reset();
    assertThat(run("1..2")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain(all.substring(12));
  }

  @Test
  void refusesWhatIsNoSeed() {
    assertThat(run()).isEqualTo(2);
    assertThat(run("one")).isEqualTo(2);
    assertThat(run("1", "--verbose")).isEqualTo(2);
    assertThat(run("1..3", "--trace")).isEqualTo(2);
    assertThat(run("3..1")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("usage: sim SEED [--trace]");
    assertThat(out.size()).isZero();
  }
}
