package io.synod.dev;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;

/**
 * Shows a table over and over: in its place on a terminal, elsewhere once in a while and whenever a
 * role changes.
 */
final class TableScreen {
  private static final long QUIET_NANOS = 10_000_000_000L;
  private static final String CLEAR_LINE = "\u001b[2K";
  private static final String BOLD = "\u001b[1m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintWriter out;
  private final boolean redraws;
  private final boolean colours;
  private int drawn;
  private String roles = "";
  private long printedNanos;

  /** On a terminal if the launcher says that there is one. */
  TableScreen(PrintWriter out) {
    this.out = out;
    String term = Objects.requireNonNullElse(System.getenv("TERM"), "dumb");
    this.redraws = Boolean.getBoolean("synod.terminal") && !term.equals("dumb");
    this.colours = redraws && System.getenv("NO_COLOR") == null;
  }

  void show(StatusTable table) {
    if (redraws) {
      redraw(table.lines());
    } else {
      long now = System.nanoTime();
      if (!table.roles().equals(roles) || now - printedNanos >= QUIET_NANOS) {
        table.lines().forEach(out::println);
        printedNanos = now;
      }
    }
    roles = table.roles();
    out.flush();
  }

  private void redraw(List<String> lines) {
    if (drawn > 0) {
      out.print("\u001b[" + drawn + "A");
    }
    for (String line : lines) {
      boolean leads = colours && line.contains(" leader ");
      out.println(CLEAR_LINE + (leads ? BOLD + line + PLAIN : line));
    }
    // There may have been more lines before.
    out.print("\u001b[J");
    drawn = lines.size();
  }
}
