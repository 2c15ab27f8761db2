package io.synod.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.cli.shared.ExitStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the root of the command line. */
class SynodTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void saysWhatWasBuiltAndTheJavaThatRunsIt() {
    assertThat(run("version")).isEqualTo(ExitStatus.OK);
    assertThat(out.toString())
        .matches("synod \\d+\\.\\d+\\.\\d+\\S* revision \\S+ java \\S+\\R")
        .contains(Runtime.version().toString());
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void refusesToDoNothing() {
    assertThat(run()).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("synod: a command is missing\nTry: synod --help\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void proposesTheNearestCommand() {
    assertThat(run("verson")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).startsWith("synod: unknown argument 'verson'").contains("version");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void refusesAnUnknownOption() {
    assertThat(run("version", "--loud")).isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).startsWith("synod: unknown option '--loud'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void printsACompletionScript(String shell) {
    assertThat(run("completion", shell)).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).contains("complete -F _complete_synod").contains("version");
  }

  @Test
  void helpsOnEveryCommand() {
    PrintWriter sink = new PrintWriter(new StringWriter());
    for (String command : Synod.commandLine(sink, sink).getSubcommands().keySet()) {
      out.getBuffer().setLength(0);
      assertThat(run(command, "--help")).as(command).isEqualTo(ExitStatus.OK);
      assertThat(out.toString()).as(command).contains("Usage: synod " + command);
      assertThat(err.toString()).as(command).isEmpty();
    }
  }

  private int run(String... args) {
    return Synod.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)).execute(args);
  }
}
