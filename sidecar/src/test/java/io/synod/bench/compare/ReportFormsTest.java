package io.synod.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.bench.load.BenchOperation;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** Tests each form of a report: text, JSON, Markdown and plot. */
final class ReportFormsTest {
  private final ComparisonReport report =
      SampleReport.of(
          SampleReport.load(BenchOperation.PUT, 1, 9_000, 9_000, 12_000),
          SampleReport.load(BenchOperation.PUT, 1000, 20_000, 10_000, 15_000),
          SampleReport.load(BenchOperation.WATCH, 1, 40_000, 40_000, 40_000),
          SampleReport.load(BenchOperation.WATCH, 1000, 0, 0, 0));

  @Test
  void theTextHasThreeLinesALoad() {
    List<String> lines = TextTable.lines(report.loads().get(1));
    assertThat(lines.get(0)).matches(" +1,000  Synod +7,500 +5,000\\.\\.10,000 .* none");
    assertThat(lines.get(1)).matches(" +etcd +5,000 +5,000\\.\\.5,000 .* 100\\.0 +10\\.0 .* none");
    assertThat(lines.get(2)).matches(" +ratio +1\\.50 +1\\.00\\.\\.2\\.00 +1\\.00 +1\\.00 +1\\.00");
    assertThat(TextTable.lines(report.loads().get(2)).get(0)).endsWith("none; 5,000 writes/s");
    assertThat(TextTable.memory(report.memory()))
        .anyMatch(line -> line.matches("Synod 1 +300 +200"))
        .anyMatch(line -> line.matches("generator +- +-"));
  }

  @Test
  void everyTableOfThePageIsEven() {
    List<List<String>> tables = new ArrayList<>();
    for (String part : MarkdownTables.of(report).split("\n\n", -1)) {
      List<String> rows = part.lines().filter(line -> line.startsWith("|")).toList();
      if (!rows.isEmpty()) {
        tables.add(rows);
      }
    }
    assertThat(tables).hasSize(4);
    for (List<String> rows : tables) {
      assertThat(rows.stream().map(row -> row.chars().filter(c -> c == '|').count()).distinct())
          .hasSize(1);
    }
    assertThat(tables.get(0)).contains("| put | 4,500 (0.90) | 7,500 (1.50) |");
    assertThat(tables.get(1))
        .anyMatch(
            row ->
                row.startsWith(
                    "| put | 1,000 | 7,500 (5,000..10,000) | 5,000 (5,000..5,000)"
                        + " | 1.50 (1.00..2.00) | 2.00 / 2.00 | 2.00 / 2.00 | none |"));
    assertThat(tables.get(2))
        .contains("| put | 1 | 100.0 | 100.0 | 1.00 (1.00..1.00) | 10.0, 10.0 | 0.50, 0.55 |");
    assertThat(tables.get(3)).contains("| Synod 1 | 300 | 200 |", "| generator | - | - |");
  }

  @Test
  void theDocumentHasEveryFigure() {
    JsonObject document = JsonParser.parseString(JsonDocument.of(report)).getAsJsonObject();
    assertThat(document.getAsJsonObject("setting").get("etcd").getAsString())
        .isEqualTo("etcd 3.7.3");
    JsonArray loads = document.getAsJsonArray("loads");
    assertThat(loads).hasSize(4);
    JsonObject put = loads.get(1).getAsJsonObject();
    assertThat(put.getAsJsonObject("speedRatio").get("median").getAsDouble()).isEqualTo(1.5);
    JsonObject synod = put.getAsJsonObject("synod");
    assertThat(synod.getAsJsonObject("serverCpuMicrosPerOperation").get("median").getAsDouble())
        .isEqualTo(100);
    assertThat(synod.getAsJsonArray("roundsPerSecond")).hasSize(3);
    assertThat(synod.getAsJsonObject("latencyMillis").keySet())
        .containsExactly("p50", "p90", "p99", "p99.9", "max");
    JsonObject nothing = loads.get(3).getAsJsonObject().getAsJsonObject("synod");
    assertThat(nothing.getAsJsonObject("serverCpuMicrosPerOperation").get("median").isJsonNull())
        .isTrue();
    assertThat(document.getAsJsonArray("memory")).hasSize(2);
  }

  @Test
  void thePlotIsAPictureWithEveryLoadLabelled() throws Exception {
    List<String> texts = texts(parsed(SvgPlot.of(report)));
    assertThat(texts).contains("put", "watch", "1.50 7,500 : 5,000", "1.00 100 : 100 µs");
    assertThat(texts.stream().filter(text -> text.equals("1 in flight"))).hasSize(2);
    assertThat(texts.stream().filter(text -> text.equals("1,000 in flight"))).hasSize(2);
    // A load without any operation has a label too.
    assertThat(texts).contains("0.00 0 : 5,000", "- - : 100 µs");
    assertThat(texts.stream().filter(text -> text.matches("[-0-9.]+ .* : .*"))).hasSize(8);
  }

  @Test
  void everyPartOfThePlotStandsWithinIt() throws Exception {
    Document svg = parsed(SvgPlot.of(report));
    String[] box = svg.getDocumentElement().getAttribute("viewBox").split(" ", -1);
    NodeList bars = svg.getElementsByTagName("rect");
    assertThat(bars.getLength()).isEqualTo(1 + 8);
    for (int i = 1; i < bars.getLength(); i++) {
      Element bar = (Element) bars.item(i);
      double right = number(bar, "x") + number(bar, "width");
      assertThat(right).isBetween(number(bar, "x"), Double.parseDouble(box[2]));
      assertThat(number(bar, "y") + number(bar, "height")).isLessThan(Double.parseDouble(box[3]));
    }
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  private static Document parsed(String svg) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
  }

  private static List<String> texts(Document svg) {
    List<String> texts = new ArrayList<>();
    NodeList found = svg.getElementsByTagName("text");
    for (int i = 0; i < found.getLength(); i++) {
      texts.add(found.item(i).getTextContent());
    }
    return texts;
  }
}
