package io.synod.cli.log;

import io.synod.cli.shared.Shown;
import io.synod.v1.Entry;
import io.synod.v1.EntryKind;

/** How entries of the log look in columns. */
final class Entries {
  static final String HEADER =
      Shown.format("%8s %8s  %-24s  %-7s  %s", "INDEX", "SLOT", "LOG TIME", "FROM", "COMMAND");

  private Entries() {}

  static String row(Entry entry) {
    String shown =
        entry.getKind() == EntryKind.ENTRY_KIND_SESSION
            ? "(session)"
            : Shown.command(entry.getCommand());
    return Shown.format(
        "%8d %8d  %-24s  %-7s  %s",
        entry.getIndex(),
        entry.getSlot(),
        Shown.time(entry.getLogTime()),
        Shown.node(entry.getOrigin().getNodeId()),
        shown);
  }
}
