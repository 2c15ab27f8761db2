package io.synod.cli.shared;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;

/**
 * The columns of a table that is formatted row by row, so that it may be endless. A cell that is
 * wider than its column shifts the rest of its row, and is never truncated.
 */
public final class Columns {
  private static final ColorScheme COLORLESS = Help.defaultColorScheme(Ansi.OFF);
  private static final Pattern MARKUP = Pattern.compile("@\\|");

  private final List<Form> forms;

  /** The format of a column. */
  private record Form(String title, int width, boolean right) {
    /** The blanks before a column: right-aligned ones need fewer. */
    int gap() {
      return right ? 1 : 2;
    }
  }

  private Columns(List<Form> forms) {
    this.forms = forms;
  }

  /** A table without columns. */
  public static Columns none() {
    return new Columns(List.of());
  }

  /** Adds a left-aligned column. */
  public Columns left(String title, int width) {
    return and(new Form(title, width, false));
  }

  /** Adds a right-aligned column. */
  public Columns right(String title, int width) {
    return and(new Form(title, width, true));
  }

  private Columns and(Form form) {
    return new Columns(Stream.concat(forms.stream(), Stream.of(form)).toList());
  }

  /** The titles as a row. */
  public String header() {
    return row(forms.stream().map(Form::title).toArray());
  }

  /** A row with a cell for each column, without trailing blanks. */
  public String row(Object... cells) {
    if (cells.length != forms.size()) {
      throw new IllegalArgumentException(cells.length + " cells in " + forms.size() + " columns");
    }
    Column[] columns = new Column[cells.length];
    Text[] texts = new Text[cells.length];
    for (int i = 0; i < cells.length; i++) {
      Form form = forms.get(i);
      String cell = String.valueOf(cells[i]);
      int width = Math.max(form.width(), cell.length());
      int gap = i == 0 ? 0 : form.gap();
      int indent = gap + (form.right() ? width - cell.length() : 0);
      columns[i] = new Column(gap + width, indent, Overflow.TRUNCATE);
      texts[i] = plain(cell);
    }
    TextTable table = TextTable.forColumns(COLORLESS, columns);
    table.addRowValues(texts);
    return table.toString().stripTrailing();
  }

  /** The lines of a complete table, each column as wide as its widest cell. */
  public static List<String> fitting(List<List<String>> rows) {
    Columns columns = none();
    for (int i = 0; i < rows.get(0).size(); i++) {
      int column = i;
      columns =
          columns.left("", rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      lines.add(columns.row(row.toArray()));
    }
    return lines;
  }

  /** The text without interpretation as picocli's markup. */
  private static Text plain(String cell) {
    String[] parts = MARKUP.split(cell, -1);
    Text text = COLORLESS.text(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      text = text.concat(COLORLESS.text("@")).concat(COLORLESS.text("|" + parts[i]));
    }
    return text;
  }
}
