package io.synod.cli.inspect;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.synod.cli.shared.Columns;
import io.synod.cli.shared.ValueText;
import io.synod.v1.Ballot;
import io.synod.v1.DecisionRecord;
import io.synod.v1.DecisionRecord.Acceptance;
import io.synod.v1.DecisionRecord.Learned;
import io.synod.v1.DecisionRecord.Promise;
import io.synod.v1.Election;
import io.synod.v1.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The text of a decision, in six steps. It shows only what the record holds, and states what is
 * missing.
 */
final class Explanation {
  private static final int ORIGINS_SHOWN = 8;
  private static final Columns NOTES = Columns.none().left("", 12).left("", 24).left("", 0);
  private static final Columns STEPS =
      Columns.none().left("", 12).left("", 24).left("", 7).left("", 0);

  private final DecisionRecord decision;
  private final @Nullable Election election;
  private final List<String> lines = new ArrayList<>();
  private @Nullable String step;

  /** A text of this record, with the election of the chosen ballot if the node saw it. */
  Explanation(DecisionRecord decision, @Nullable Election election) {
    this.decision = decision;
    this.election = election;
  }

  /** The text, line by line. */
  List<String> lines() {
    headline();
    begin("1 initialise");
    initialise();
    begin("2 propose");
    propose();
    begin("3 vote");
    vote();
    begin("4 elect");
    elect();
    begin("5 learn");
    learn();
    begin("6 notify");
    addAll();
    if (decision.getUnreachableNodesCount() > 0) {
      lines.add("");
      lines.add(
          "No answer from "
              + ValueText.nodes(decision.getUnreachableNodesList())
              + ": the records on their disks are missing above.");
    }
    return lines;
  }

  private boolean chosen() {
    return decision.getState() == DecisionRecord.State.STATE_CHOSEN;
  }

  private void headline() {
    String head = "Slot " + decision.getSlot() + " of cluster " + ValueText.line(cluster()) + ": ";
    if (!chosen()) {
      lines.add(head + "not decided, as far as " + here() + " knows.");
      return;
    }
    if (!decision.hasChosenBallot()) {
      lines.add(head + "chosen, but no node that answered still has its votes.");
      return;
    }
    lines.add(head + "chosen at ballot " + ValueText.ballot(decision.getChosenBallot()) + ".");
    lines.add("It holds " + holding() + ".");
  }

  private String holding() {
    if (decision.getEntries() == 0) {
      return "a no-op, which fills the slot so that later ones can be applied";
    }
    String entries = ValueText.count(decision.getEntries(), "entry", "entries");
    return decision.getFirstIndex() == 0
        ? entries + ", whose indexes are not known at " + here()
        : entries + ", " + indexes();
  }

  /** Phase 1: the right to propose. */
  private void initialise() {
    if (election != null) {
      add(
          ValueText.node(election.getBallot().getNodeId()),
          "stands with ballot "
              + ValueText.ballot(election.getBallot())
              + (election.getReason().isEmpty() ? "" : ": " + ValueText.line(election.getReason())),
          election.hasStartTime() ? election.getStartTime() : null);
    }
    for (Promise promise : decision.getPromisesList()) {
      add(
          ValueText.node(promise.getNodeId()),
          "promises ballot " + ValueText.ballot(promise.getBallot()),
          promise.hasTime() ? promise.getTime() : null);
    }
    if (election != null && election.getResult() == Election.Result.RESULT_WON) {
      add(
          ValueText.node(election.getBallot().getNodeId()),
          "has its quorum of promises, and leads",
          election.hasEndTime() ? election.getEndTime() : null);
    }
    if (!decision.hasChosenBallot()) {
      note("no ballot is known to have won");
    } else if (decision.getPromisesCount() < decision.getQuorumRequired()) {
      String owner = ValueText.node(decision.getChosenBallot().getNodeId());
      note(
          owner.equals(here())
              ? here() + " has no record of further promises"
              : here() + " did not see every promise; ask " + owner + ", which gathered them");
    }
  }

  private void propose() {
    if (!decision.hasChosenBallot()) {
      note("what was proposed is not known; values that were voted for are under 3");
      return;
    }
    add(
        ValueText.node(decision.getChosenBallot().getNodeId()),
        "proposes "
            + (decision.getEntries() == 0
                ? "a no-op"
                : ValueText.count(decision.getEntries(), "entry", "entries"))
            + ", digest "
            + ValueText.line(decision.getBatchDigest())
            + ", "
            + ValueText.bytes(decision.getBatchBytes()),
        decision.hasLogTime() ? decision.getLogTime() : null);
    origins().forEach((from, count) -> note("for " + from + ": " + count));
  }

  private Map<String, String> origins() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Origin origin : decision.getOriginsList()) {
      String session =
          origin.getSessionId().isEmpty()
              ? ""
              : ", session " + ValueText.line(origin.getSessionId());
      counts.merge(ValueText.node(origin.getNodeId()) + session, 1, Integer::sum);
    }
    Map<String, String> shown = new LinkedHashMap<>();
    counts.entrySet().stream()
        .limit(ORIGINS_SHOWN)
        .forEach(e -> shown.put(e.getKey(), ValueText.count(e.getValue(), "entry", "entries")));
    int more = counts.size() - shown.size();
    if (more > 0) {
      shown.put("others", ValueText.count(more, "further session", "further sessions"));
    }
    return shown;
  }

  private void vote() {
    if (decision.getAcceptancesCount() == 0) {
      note("no vote is kept by the nodes that answered");
    }
    for (Acceptance vote : decision.getAcceptancesList()) {
      add(
          ValueText.node(vote.getNodeId()),
          "accepts digest "
              + ValueText.line(vote.getBatchDigest())
              + " at ballot "
              + ValueText.ballot(vote.getBallot())
              + remark(vote),
          vote.hasTime() ? vote.getTime() : null);
    }
  }

  private String remark(Acceptance vote) {
    if (!decision.hasChosenBallot() || wins(vote)) {
      return "";
    }
    return vote.getBatchDigest().equals(decision.getBatchDigest())
        ? " (the chosen value, at another ballot)"
        : " (another value, which was not chosen)";
  }

  private boolean wins(Acceptance vote) {
    return vote.getBallot().equals(decision.getChosenBallot());
  }

  private void elect() {
    int required = decision.getQuorumRequired();
    if (!chosen()) {
      note("not yet: it takes " + required + " votes at one ballot");
      return;
    }
    if (!decision.hasChosenBallot()) {
      note("it is chosen; the ballot is no longer known");
      return;
    }
    List<Acceptance> votes = decision.getAcceptancesList().stream().filter(this::wins).toList();
    Ballot ballot = decision.getChosenBallot();
    String elected =
        "digest "
            + ValueText.line(decision.getBatchDigest())
            + " is chosen at ballot "
            + ValueText.ballot(ballot);
    long voters = votes.stream().map(Acceptance::getNodeId).distinct().count();
    String counted = voters + " of " + ValueText.count(required, "needed vote", "needed votes");
    if (voters < required) {
      add("quorum", elected, null);
      note(counted + " found here: the others are unreachable or no longer keep theirs");
      return;
    }
    List<Timestamp> times =
        votes.stream()
            .filter(Acceptance::hasTime)
            .map(Acceptance::getTime)
            .sorted(Timestamps.comparator())
            .toList();
    add("quorum", elected, times.size() < required ? null : times.get(required - 1));
    note(
        (voters == required ? counted : voters + " votes, " + required + " needed")
            + ": no other value can be chosen in this slot any more");
  }

  private void learn() {
    if (decision.getLearnedCount() == 0) {
      note(chosen() ? "which nodes learned it is no longer known" : "not yet");
    }
    for (Learned learned : decision.getLearnedList()) {
      String how =
          switch (learned.getHow()) {
            case HOW_AS_LEADER -> "counted the quorum itself";
            case HOW_FROM_LEADER -> "learned from its leader that the value it voted for is chosen";
            case HOW_CATCH_UP -> "was sent the chosen value";
            case HOW_FROM_JOURNAL -> "found it chosen on its own disk when it started";
            default -> "knows that it is chosen";
          };
      add(ValueText.node(learned.getNodeId()), how, learned.hasTime() ? learned.getTime() : null);
    }
  }

  private void addAll() {
    if (!chosen()) {
      note("not yet");
      return;
    }
    long last = decision.getFirstIndex() + decision.getEntries() - 1;
    long applied = decision.getInfo().getAppliedIndex();
    if (decision.hasChosenBallot() && decision.getEntries() == 0) {
      note("no caller waits for a no-op");
    } else if (decision.getFirstIndex() == 0) {
      note(here() + " cannot tell: the slot is not applied there yet, or no longer kept");
    } else if (applied >= last) {
      add(here(), "has applied it: its readers and watchers see " + indexes(), null);
      List<String> from =
          decision.getOriginsList().stream().map(Origin::getNodeId).distinct().toList();
      if (!from.isEmpty()) {
        note("callers are answered at the sidecars that they called: " + ValueText.nodes(from));
      }
    } else {
      add(here(), "has applied through index " + applied + " and has yet to apply the slot", null);
    }
  }

  private String cluster() {
    return decision.getInfo().getCluster();
  }

  private String here() {
    return ValueText.node(decision.getInfo().getNodeId());
  }

  private String indexes() {
    long first = decision.getFirstIndex();
    long last = first + decision.getEntries() - 1;
    return last == first ? "index " + first : "indexes " + first + " to " + last;
  }

  private void begin(String name) {
    lines.add("");
    step = name;
  }

  private void add(String who, String what, @Nullable Timestamp time) {
    String label = step == null ? "" : step;
    step = null;
    lines.add(STEPS.row(label, time == null ? "" : ValueText.time(time), who, what));
  }

  private void note(String what) {
    String label = step == null ? "" : step;
    step = null;
    lines.add(NOTES.row(label, "", what));
  }
}
