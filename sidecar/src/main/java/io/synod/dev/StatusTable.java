package io.synod.dev;

import io.synod.cli.shared.Columns;
import io.synod.v1.Ballot;
import io.synod.v1.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The table of the nodes' statuses, one line for each. */
final class StatusTable {
  private static final Columns COLUMNS =
      Columns.none()
          .left("NODE", 4)
          .left("PID", 7)
          .left("ROLE", 9)
          .left("LEADER", 7)
          .left("BALLOT", 8)
          .right("CHOSEN", 8)
          .right("APPLIED", 8)
          .right("LAG", 5)
          .right("INDEX", 8)
          .left("API", 0);

  private final List<String> lines = new ArrayList<>();
  private final StringBuilder roles = new StringBuilder();

  /**
   * A table of these statuses.
   *
   * @param statuses the status of each child; null if it did not answer
   */
  StatusTable(List<ChildSidecar> children, List<@Nullable Status> statuses) {
    lines.add(COLUMNS.header());
    long chosen = 0;
    for (Status status : statuses) {
      chosen = status == null ? chosen : Math.max(chosen, status.getChosenSlot());
    }
    for (int i = 0; i < children.size(); i++) {
      add(children.get(i), statuses.get(i), chosen);
    }
    for (int i = 0; i < children.size(); i++) {
      Status status = statuses.get(i);
      if (status != null && !status.getProblem().isEmpty()) {
        lines.add("PROBLEM at node " + children.get(i).node() + ": " + status.getProblem());
        roles.append(status.getAvailability()).append(status.getAlarmsList()).append(';');
      }
    }
  }

  private void add(ChildSidecar child, @Nullable Status status, long chosen) {
    String pid = child.isAlive() ? Long.toString(child.pid()) : "-";
    String api = "127.0.0.1:" + child.ports().api();
    if (status == null) {
      String how = child.isAlive() ? "silent" : child.pid() < 0 ? "starting" : child.ending();
      lines.add(COLUMNS.row(child.node(), pid, how, "", "", "", "", "", "", api));
      roles.append(how).append(';');
      return;
    }
    String role = status.getRole().name().replace("ROLE_", "").toLowerCase(Locale.ROOT);
    String leader =
        status.getInfo().hasLeader() ? status.getInfo().getLeader().getNodeId() : "none";
    String ballot = ballot(status.getPromised());
    lines.add(
        COLUMNS.row(
            child.node(),
            pid,
            role,
            leader,
            ballot,
            status.getChosenSlot(),
            status.getAppliedSlot(),
            Math.max(0, chosen - status.getAppliedSlot()),
            status.getInfo().getAppliedIndex(),
            api));
    roles.append(role).append(' ').append(leader).append(' ').append(ballot).append(';');
  }

  /** The heading, a line for each node, and the problems. */
  List<String> lines() {
    return lines;
  }

  /** Equal as long as no node's role, leader, ballot or availability changes. */
  String roles() {
    return roles.toString();
  }

  private static String ballot(Ballot ballot) {
    return ballot.getRound() == 0 ? "none" : ballot.getRound() + "." + ballot.getNodeId();
  }
}
