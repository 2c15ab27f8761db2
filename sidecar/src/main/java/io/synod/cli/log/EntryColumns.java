package io.synod.cli.log;

import io.synod.cli.shared.ValueText;
import io.synod.v1.Entry;
import io.synod.v1.EntryKind;

/** How entries of the log look in columns. */
final class EntryColumns {
  static final String HEADER =
      ValueText.format("%8s %8s  %-24s  %-7s  %s", "INDEX", "SLOT", "LOG TIME", "FROM", "COMMAND");

  private EntryColumns() {}

  static String row(Entry entry) {
    String shown =
        entry.getKind() == EntryKind.ENTRY_KIND_SESSION
            ? "(session)"
            : ValueText.command(entry.getCommand());
    return ValueText.format(
        "%8d %8d  %-24s  %-7s  %s",
        entry.getIndex(),
        entry.getSlot(),
        ValueText.time(entry.getLogTime()),
        ValueText.node(entry.getOrigin().getNodeId()),
        shown);
  }
}
