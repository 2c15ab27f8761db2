package io.synod.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.bench.cluster.DataDisk;
import io.synod.bench.cluster.MachineInfo;
import io.synod.bench.load.BenchTarget;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests each form of a report: text, Markdown and JSON. */
final class FailoverFormsTest {
  private final FailoverReport.Conditions conditions =
      new FailoverReport.Conditions(
          LocalDate.of(2026, 12, 1),
          List.of("synod 0.1.0", "etcd 3.7.3"),
          new MachineInfo(2, "some processor", "Linux 6", 17),
          new DataDisk("ext4", 0.1, 0.5),
          LeaderFault.MUTE);
  private final FailoverFigures synod =
      new FailoverFigures(
          BenchTarget.SYNOD,
          List.of(
              new FailoverRound(1, 1.5, Map.of("UNAVAILABLE", 1_000L)),
              new FailoverRound(2, 2.5, Map.of("UNAVAILABLE", 2L, "UNKNOWN", 3L)),
              new FailoverRound(Double.POSITIVE_INFINITY, 31, Map.of())));
  private final FailoverFigures etcd =
      new FailoverFigures(
          BenchTarget.ETCD,
          List.of(new FailoverRound(4, 5, Map.of()), new FailoverRound(4, 6, Map.of())));
  private final FailoverReport report = new FailoverReport(conditions, synod, etcd);

  @Test
  void theTextComparesBoth() {
    List<String> lines = FailoverTable.text(report);

    assertThat(lines.get(0)).matches("SECONDS +CLUSTER +ROUNDS +P50 +P90 +P99 +MAX +NO WRITE");
    assertThat(lines.get(1)).matches("to the first write +Synod +3 +2\\.00 +> 30 +> 30 +> 30 +1");
    assertThat(lines.get(2)).matches("to the first write +etcd +2 +4\\.00 +4\\.00 .* 0");
    assertThat(lines.get(3)).matches("to the first write +ratio +0\\.50 +- +- +-");
    assertThat(lines.get(4)).matches("longest gap +Synod +3 +2\\.50 +31\\.00 .* 1");
    assertThat(lines)
        .contains(
            "failed calls of Synod: 1,002 UNAVAILABLE, 3 UNKNOWN", "failed calls of etcd: none");
    assertThat(report.alwaysRecovered()).isFalse();
  }

  @Test
  void theTextShowsSynodAlone() {
    FailoverFigures calm =
        new FailoverFigures(BenchTarget.SYNOD, List.of(new FailoverRound(1, 1, Map.of())));
    FailoverReport alone = new FailoverReport(conditions, calm, null);

    assertThat(FailoverTable.text(alone)).noneMatch(line -> line.contains("ratio")).hasSize(5);
    assertThat(alone.alwaysRecovered()).isTrue();
  }

  @Test
  void thePageHasAnEvenTableAndItsConditions() {
    String page = FailoverTable.markdown(report);

    assertThat(page)
        .contains("2026-12-01, synod 0.1.0 beside etcd 3.7.3", "Linux 6", "ext4", "leader mute")
        .contains("| longest gap | etcd | 2 | 5.00 | 6.00 | 6.00 | 6.00 | 0 |");
    List<String> rows = page.lines().filter(line -> line.startsWith("|")).toList();
    assertThat(rows).hasSize(8);
    assertThat(rows.stream().map(row -> row.chars().filter(c -> c == '|').count()).distinct())
        .containsExactly(9L);
  }

  @Test
  void theJsonHasEveryRound() {
    JsonObject document = JsonParser.parseString(FailoverJson.of(report)).getAsJsonObject();

    assertThat(document.get("fault").getAsString()).isEqualTo("mute");
    JsonObject ours = document.getAsJsonObject("synod");
    assertThat(ours.getAsJsonObject("gapSeconds").get("p50").getAsDouble()).isEqualTo(2);
    assertThat(ours.getAsJsonObject("gapSeconds").get("p99").isJsonNull()).isTrue();
    assertThat(ours.get("roundsWithoutWrite").getAsInt()).isEqualTo(1);
    assertThat(ours.getAsJsonObject("failedCalls").get("UNAVAILABLE").getAsInt()).isEqualTo(1_002);
    assertThat(ours.getAsJsonArray("rounds")).hasSize(3);
    assertThat(document.getAsJsonObject("etcd").getAsJsonArray("rounds")).hasSize(2);
  }
}
