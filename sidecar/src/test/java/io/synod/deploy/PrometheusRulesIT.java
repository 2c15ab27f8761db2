package io.synod.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.metrics.MetricsPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PrometheusRulesIT {
  private static final Path FOLDER = Tool.deploy().resolve("prometheus");
  private static final Path RULES = FOLDER.resolve("synod.rules.yaml");
  private static final Path RULE_TESTS = FOLDER.resolve("synod.rules.test.yaml");

  private final Tool promtool = Tool.of("promtool");

  @Test
  void promtoolAcceptsTheRules() {
    assertThat(promtool.run("check", "rules", RULES.toString()))
        .returns(0, Tool.Run::exit)
        .extracting(Tool.Run::out)
        .asString()
        .contains("SUCCESS");
  }

  @Test
  void promtoolAcceptsTheScrapeConfiguration() {
    Tool.Run check = promtool.run("check", "config", FOLDER.resolve("prometheus.yaml").toString());

    assertThat(check.exit()).as(check.out() + check.err()).isZero();
  }

  @Test
  void theAlertsFireAndStaySilentAsTheirTestsSay() {
    Tool.Run test = promtool.run("test", "rules", RULE_TESTS.toString());

    assertThat(test.exit()).as(test.out() + test.err()).isZero();
  }

  @Test
  void everyAlertHasATest() throws IOException {
    List<String> alerts = found("alert: (\\w+)", RULES).stream().toList();

    assertThat(alerts).hasSizeGreaterThan(10);
    assertThat(found("alertname(?:: |=\")(\\w+)", RULE_TESTS)).containsAll(alerts);
  }

  @Test
  void everyMetricOfTheRulesIsShownByASidecar() throws Exception {
    Set<String> shown = new TreeSet<>();
    for (String line : MetricsPage.read().lines().toList()) {
      if (!line.startsWith("#")) {
        shown.add(line.split("[{ ]", 2)[0]);
      }
    }

    assertThat(found("\\b(synod_\\w+)", RULES)).isNotEmpty().isSubsetOf(shown);
    assertThat(found("\\b(synod_\\w+)", RULE_TESTS)).isNotEmpty().isSubsetOf(shown);
  }

  private static Set<String> found(String regex, Path file) throws IOException {
    Matcher matcher = Pattern.compile(regex).matcher(Files.readString(file));
    Set<String> found = new TreeSet<>();
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
