package io.synod.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs each scenario file and compares the events with those in the file. With {@code
 * -Dscenarios.renew=true} the files are rewritten instead; review the difference.
 */
class ScenarioTest {
  private static final Path FILES = Path.of("src/test/resources/scenarios");
  private static final Path SOURCES = Path.of("src/main/java/io/synod");

  static List<String> files() {
    try (Stream<Path> files = Files.list(FILES)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void happensAsTheFileSays(String name) throws IOException {
    Path file = FILES.resolve(name);
    String text = Files.readString(file);
    String now = ScenarioRun.run(ScenarioFile.parse(text)).render();
    if (Boolean.getBoolean("scenarios.renew")) {
      Files.writeString(file, now);
    } else {
      assertThat(now).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void saysWhichRaceItShowsAndWhereThatIsTold(String name) throws IOException {
    ScenarioFile scenario = ScenarioFile.parse(Files.readString(FILES.resolve(name)));
    assertThat(scenario.prose()).isNotEmpty();
    assertThat(scenario.prose().get(0)).isNotBlank();
    assertThat(scenario.describedIn())
        .isNotEmpty()
        .allSatisfy(told -> assertThat(SOURCES.resolve(told + ".java")).isRegularFile());
  }

  @Test
  void refusesWhatIsNoStep() {
    assertThatThrownBy(() -> ScenarioRun.run(ScenarioFile.parse("> nodes 3\n> dance 1\n")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ScenarioFile.parse("propose 1 a\n"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsTheTextOfAFileAsItIs() {
    String text = "# One.\n#\n# Told in paxos/Leader.\n\n> nodes 3\n\n# Two.\n> tick 1ms\n  a\n";
    assertThat(ScenarioFile.parse(text).render()).isEqualTo(text);
  }
}
