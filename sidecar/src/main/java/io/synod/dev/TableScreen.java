package io.synod.dev;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;

/**
 * Prints a table repeatedly: in place on a terminal, otherwise at intervals and whenever a role
 * changes.
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

  /** Prints in place if the launcher reports a terminal. */
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
    // Erases the lines of a longer table before.
    out.print("\u001b[J");
    drawn = lines.size();
  }
}
