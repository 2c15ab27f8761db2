package io.synod.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.api.ErrorContract;
import io.synod.config.ConfigKey;
import io.synod.config.ConfigKeys;
import io.synod.main.InProcess;
import io.synod.processes.ChildProgram;
import io.synod.v1.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that tables in pages agree with the code, and that what pages name exists. */
class PagesTest {
  private static final int README_WORDS_MAX = 1_300;
  private static final Set<String> ON_FILES = Set.of("backup", "inspect", "recover", "restore");
  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
  private static final Pattern FILE =
      Pattern.compile("(?<![\\w./-])(?:sidecar|sdk|deploy|proto)/[\\w-]+(?:[./]+[\\w-]+)*");

  @Test
  void theReadmeIsShort() {
    assertThat(WORD.matcher(DocPage.README.text()).results().count())
        .isBetween(500L, (long) README_WORDS_MAX);
  }

  @Test
  void theReadmeBeginsWithTwoCommands() throws IOException {
    List<String> commands =
        DocPage.README.blocks("sh").get(0).lines().map(line -> line.split(" +#", 2)[0]).toList();
    assertThat(commands).containsExactly("sidecar/bin/synod dev", "mvn verify");
    assertThat(Files.readString(ChildProgram.root().resolve(".ci/run")).lines())
        .contains("exec " + commands.get(1));
  }

  /** {@link PagesIT} runs the blocks, and has no files of the reader. */
  @Test
  void blocksThatAreRunReadNoFileOfTheReader() {
    for (DocPage page : DocPage.all()) {
      for (String block : page.blocks("sh")) {
        assertThat(PageCommand.of(block))
            .as(block)
            .noneMatch(command -> ON_FILES.contains(command.words().get(0)));
      }
    }
  }

  @Test
  void theContractHasEveryReasonWithItsCodes() throws IOException {
    Map<Reason, Set<String>> told = new TreeMap<>();
    for (List<String> row : DocPage.CONTRACT.rows("Errors")) {
      for (String reason : quoted(row.get(1))) {
        if (!reason.equals("ErrorInfo")) {
          told.put(Reason.valueOf(reason), quoted(row.get(0)));
        }
      }
      assertThat(row).hasSize(4);
    }
    Map<Reason, Set<String>> promised = new TreeMap<>();
    ErrorContract.all().forEach((reason, promise) -> promised.put(reason, promise.codes()));
    assertThat(told).isEqualTo(promised);
  }

  @Test
  void theContractHasEveryService() throws IOException {
    Map<String, Set<String>> told = new TreeMap<>();
    for (List<String> row : DocPage.CONTRACT.rows("The contract")) {
      for (String service : quoted(row.get(0))) {
        told.put(service, quoted(row.get(1)));
      }
    }
    Map<String, Set<String>> made = new TreeMap<>();
    Pattern service = Pattern.compile("(?ms)^service (\\w+) \\{(.*?)^\\}");
    for (String file : List.of("log", "kv", "sessions", "locks", "inspect", "admin")) {
      String proto =
          Files.readString(ChildProgram.root().resolve("proto/synod/v1/" + file + ".proto"));
      for (MatchResult one : service.matcher(proto).results().toList()) {
        made.put(one.group(1), found(Pattern.compile("rpc (\\w+)"), one.group(2)));
      }
    }
    assertThat(told).isEqualTo(made);
  }

  @Test
  void theTableOfConfigurationIsThatOfTheCommand() {
    Map<String, List<String>> told = new TreeMap<>();
    for (List<String> row : DocPage.RUNNING.rows("Configuration")) {
      if (row.get(0).startsWith("`")) {
        assertThat(row).hasSize(3);
        told.put(row.get(0).replace("`", ""), List.of(row.get(1).replace("`", ""), row.get(2)));
      }
    }
    Map<String, List<String>> made = new TreeMap<>();
    for (ConfigKey<?> key : ConfigKeys.all()) {
      String fallback = key.fallback();
      String shown = fallback == null ? "required" : fallback.isEmpty() ? "none" : fallback;
      made.put(key.name(), List.of(shown, key.description()));
    }
    assertThat(told).isEqualTo(made);
  }

  @Test
  void everyAlertHasALineThatSaysWhatToDo() throws IOException {
    Set<String> told = new TreeSet<>();
    for (List<String> row : DocPage.RUNNING.rows("Alerts")) {
      told.addAll(quoted(row.get(0)));
      assertThat(row).hasSize(2);
    }
    String rules =
        Files.readString(ChildProgram.root().resolve("deploy/prometheus/synod.rules.yaml"));
    assertThat(told).isEqualTo(found(Pattern.compile("- alert: (\\w+)"), rules));
  }

  @Test
  void everyCommandIsInTheTable() {
    Set<String> told = new TreeSet<>();
    for (List<String> row : DocPage.CALLING.rows("From a shell")) {
      for (String command : quoted(row.get(0))) {
        told.add(command.split(" ", 2)[0]);
      }
    }
    Set<String> sidecar = Set.of("dev", "serve", "config", "version", "completion", "help");
    assertThat(told).doesNotContainAnyElementsOf(sidecar);
    told.addAll(sidecar);
    assertThat(told).containsAll(InProcess.commandLine().getSubcommands().keySet());
  }

  @Test
  void everyCommandLineOfAPageIsUnderstood() {
    List<String> wrong = new ArrayList<>();
    int lines = 0;
    for (DocPage page : DocPage.all()) {
      for (PageCommand command : PageCommand.of(page.text())) {
        lines++;
        command.mistakes(InProcess.commandLine()).forEach(m -> wrong.add(page.path() + ": " + m));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(lines).isGreaterThan(30);
  }

  @Test
  void findsACommandLineThatIsNotUnderstood() {
    String text = "`synod bench state --loud`\n\n    sidecar/bin/synod expalin 3    # --why\n";
    List<String> wrong = new ArrayList<>();
    PageCommand.of(text).forEach(one -> wrong.addAll(one.mistakes(InProcess.commandLine())));
    assertThat(wrong)
        .containsExactly("no option --loud of [bench, state, --loud]", "no command expalin");
  }

  @Test
  void everyFileThatAPageNamesExists() {
    for (DocPage page : DocPage.all()) {
      for (MatchResult file : FILE.matcher(page.text()).results().toList()) {
        if (!file.group().startsWith("sidecar/target")) {
          assertThat(ChildProgram.root().resolve(file.group())).as(page.path()).exists();
        }
      }
    }
  }

  private static Set<String> quoted(String cell) {
    return found(QUOTED, cell);
  }

  private static Set<String> found(Pattern pattern, String text) {
    Set<String> found = new TreeSet<>();
    pattern.matcher(text).results().forEach(one -> found.add(one.group(1)));
    return found;
  }
}
