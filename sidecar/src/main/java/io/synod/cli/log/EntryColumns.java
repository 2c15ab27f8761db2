package io.synod.cli.log;

import io.synod.cli.shared.Columns;
import io.synod.cli.shared.ValueText;
import io.synod.v1.Entry;
import io.synod.v1.EntryKind;

/** Formats entries of the log in columns. */
final class EntryColumns {
  private static final Columns COLUMNS =
      Columns.none()
          .right("INDEX", 8)
          .right("SLOT", 8)
          .left("LOG TIME", 24)
          .left("FROM", 7)
          .left("COMMAND", 0);
  static final String HEADER = COLUMNS.header();

  private EntryColumns() {}

  static String row(Entry entry) {
    String shown =
        entry.getKind() == EntryKind.ENTRY_KIND_SESSION
            ? "(session)"
            : ValueText.command(entry.getCommand());
    return COLUMNS.row(
        entry.getIndex(),
        entry.getSlot(),
        ValueText.time(entry.getLogTime()),
        ValueText.node(entry.getOrigin().getNodeId()),
        shown);
  }
}
