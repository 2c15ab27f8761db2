package io.synod.bench.compare;

import io.synod.bench.load.BenchOperation;
import java.util.List;
import java.util.Locale;

/**
 * A comparison as a picture: of each load a bar for the ratio of the speeds and one for the ratio
 * of the processor time, as multiples of etcd's, with a line from the least to the most of the
 * rounds. It brings its own background, light or dark as the reader's system is.
 */
final class SvgPlot {
  private static final int WIDTH = 960;
  private static final int ROW = 22;
  private static final int BAR = 14;
  private static final int HEAD = 64;
  private static final int FOOT = 34;

  private static final String STYLE =
      """
      <style>
      text { font: 13px system-ui, sans-serif; fill: #1f2328 }
      .ground { fill: #ffffff } .quiet { fill: #59636e } .strong { font-weight: 600 }
      .speed { fill: #2f7d4f } .cpu { fill: #b35900 }
      .range, .one { stroke: #1f2328 } .one { stroke-dasharray: 3 3 }
      @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3 } .ground { fill: #0d1117 } .quiet { fill: #9198a1 }
        .speed { fill: #3fa66a } .cpu { fill: #d9822b }
        .range, .one { stroke: #e6edf3 }
      }
      </style>
      """;

  private final StringBuilder svg = new StringBuilder();
  private final ComparisonReport report;

  private SvgPlot(ComparisonReport report) {
    this.report = report;
  }

  /** One of the two panels. */
  private record Panel(String style, int left, int width, double most) {
    static Panel of(String style, int left, int width, List<Spread> ratios) {
      double most =
          ratios.stream().mapToDouble(Spread::most).filter(Double::isFinite).max().orElse(1);
      return new Panel(style, left, width, Math.max(1, most));
    }

    double x(double ratio) {
      return left + (Double.isFinite(ratio) ? ratio / most * width : 0);
    }
  }

  static String of(ComparisonReport report) {
    return new SvgPlot(report).draw();
  }

  private String draw() {
    List<ComparedLoad> loads = report.loads();
    Panel speed =
        Panel.of("speed", 140, 210, loads.stream().map(ComparedLoad::speedRatio).toList());
    Panel cpu = Panel.of("cpu", 590, 150, loads.stream().map(ComparedLoad::cpuRatio).toList());
    int height = HEAD + ROW * (loads.size() + report.operations().size()) + FOOT;
    add(
        "<svg xmlns='http://www.w3.org/2000/svg' role='img' viewBox='0 0 %d %d' width='%d'>\n",
        WIDTH, height, WIDTH);
    add("<title>Synod beside etcd: operations a second, and processor time of each</title>\n");
    svg.append(STYLE);
    add("<rect class='ground' width='%d' height='%d' rx='6'/>\n", WIDTH, height);
    text("strong", 16, 26, "Synod beside etcd, by calls in flight");
    text("strong", speed.left(), 48, "Operations a second, Synod : etcd (more is better)");
    text("strong", cpu.left(), 48, "Servers' CPU an operation (less is better)");
    int y = HEAD;
    for (BenchOperation operation : report.operations()) {
      text("strong", 16, y + BAR, operation.optionName());
      y += ROW;
      for (ComparedLoad load : report.of(operation)) {
        row(load, y, speed, cpu);
        y += ROW;
      }
    }
    one(speed, y);
    one(cpu, y);
    text(
        "quiet",
        16,
        height - 10,
        "Dashed: as etcd. Thin lines: least to most of the rounds. "
            + report.setting().date()
            + ", "
            + report.setting().machine().processors()
            + " processors.");
    svg.append("</svg>\n");
    return svg.toString();
  }

  private void row(ComparedLoad load, int y, Panel speed, Panel cpu) {
    text("quiet", 40, y + BAR - 2, String.format(Locale.ROOT, "%,d in flight", load.inFlight()));
    bar(
        speed,
        y,
        load.speedRatio(),
        load.synod().perSecond().median("%,.0f") + " : " + load.etcd().perSecond().median("%,.0f"));
    bar(
        cpu,
        y,
        load.cpuRatio(),
        load.synod().serverMicros().median("%,.0f")
            + " : "
            + load.etcd().serverMicros().median("%,.0f µs"));
  }

  private void bar(Panel panel, int y, Spread ratio, String figures) {
    add(
        "<rect class='%s' x='%d' y='%d' width='%.1f' height='%d'/>\n",
        panel.style(), panel.left(), y, panel.x(ratio.median()) - panel.left(), BAR);
    add(
        "<path class='range' d='M%.1f %.1fH%.1f'/>\n",
        panel.x(ratio.least()), y + BAR / 2.0, panel.x(ratio.most()));
    double end = Math.max(panel.x(ratio.most()), panel.x(1)) + 8;
    add(
        "<text x='%.1f' y='%d'><tspan class='strong'>%s</tspan> <tspan class='quiet'>%s</tspan>"
            + "</text>\n",
        end, y + BAR - 2, ratio.median("%.2f"), figures);
  }

  /** Where a bar would end if both were alike. */
  private void one(Panel panel, int bottom) {
    add("<path class='one' d='M%.1f %dV%d'/>\n", panel.x(1), HEAD, bottom);
  }

  private void text(String style, int x, int y, String text) {
    add("<text class='%s' x='%d' y='%d'>%s</text>\n", style, x, y, text);
  }

  private void add(String form, Object... values) {
    svg.append(String.format(Locale.ROOT, form, values));
  }
}
