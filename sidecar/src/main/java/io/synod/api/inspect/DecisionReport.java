package io.synod.api.inspect;

import com.google.protobuf.Timestamp;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.LogReads;
import io.synod.api.call.ResponseInfos;
import io.synod.api.call.StatusErrors;
import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Vote;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.Inspection;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.VoteReport;
import io.synod.v1.DecisionRecord;
import io.synod.v1.DecisionRecord.How;
import io.synod.v1.DecisionRecord.State;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Builds the record of how one slot was decided, from the acceptors' disks, the log and the trace.
 * A field that none of them shows stays unset. It may read the disk, and is used once, by one
 * thread.
 */
final class DecisionReport {
  private static final int LINES_PER_PAGE = 4_096;
  private static final int ENTRIES_PER_PAGE = 1_000;
  private static final int PAGE_BYTES_MAX = 1 << 20;

  private final Inspection inspection;
  private final AppliedLog appliedLog;
  private final NodeStatus status;
  private final VoteReport voteReport;
  private final long slot;

  DecisionReport(Inspection inspection, AppliedLog appliedLog, VoteReport voteReport) {
    this.inspection = inspection;
    this.appliedLog = appliedLog;
    this.status = inspection.status();
    this.voteReport = voteReport;
    this.slot = voteReport.slot();
  }

  DecisionRecord record(ResponseInfos infos) {
    boolean chosen =
        slot <= status.appliedSlot()
            || voteReport.chosenThrough().values().stream().anyMatch(through -> slot <= through);
    if (!chosen && voteReport.votes().isEmpty()) {
      throw StatusErrors.noTestimony();
    }
    if (!chosen && voteReport.votes().values().stream().allMatch(List::isEmpty)) {
      throw StatusErrors.notChosen("slot " + slot);
    }
    DecisionRecord.Builder record =
        DecisionRecord.newBuilder()
            .setInfo(infos.of(status))
            .setSlot(slot)
            .setState(chosen ? State.STATE_CHOSEN : State.STATE_UNDECIDED)
            .setQuorumRequired(status.quorum());
    new TreeMap<>(voteReport.votes())
        .forEach((voter, votes) -> votes.forEach(vote -> acceptance(record, voter, vote)));
    unreachable(record);
    if (chosen) {
      Vote value = chosenValue();
      if (value != null) {
        record
            .setChosenBallot(CommonMessages.ballot(value.ballot()))
            .setBatchDigest(CommonMessages.hex(value.batchDigest()))
            .setBatchBytes(value.batchBytes())
            .setEntries(value.commands());
        promises(record, value.ballot());
      }
      learned(record);
      entries(record);
    }
    return record.build();
  }

  private void acceptance(DecisionRecord.Builder record, int voter, Vote vote) {
    if (!vote.learned()) {
      record.addAcceptances(
          DecisionRecord.Acceptance.newBuilder()
              .setNodeId(CommonMessages.node(voter))
              .setBallot(CommonMessages.ballot(vote.ballot()))
              .setBatchDigest(CommonMessages.hex(vote.batchDigest()))
              .setTime(CommonMessages.time(vote.timeMillis())));
    }
  }

  private void unreachable(DecisionRecord.Builder record) {
    LongStream.concat(
            LongStream.of(status.node()), status.peers().stream().mapToLong(View.Peer::node))
        .sorted()
        .filter(id -> !voteReport.votes().containsKey((int) id))
        .forEach(id -> record.addUnreachableNodes(CommonMessages.node((int) id)));
  }

  /**
   * The vote that holds the chosen value. The slot was chosen at the lowest ballot at which a
   * quorum voted. If too few voters answered to show a quorum, the last record of a node that knows
   * the slot to be chosen holds the chosen value.
   */
  private @Nullable Vote chosenValue() {
    Map<Ballot, Integer> counts = new TreeMap<>();
    voteReport
        .votes()
        .values()
        .forEach(
            votes ->
                votes.stream()
                    .filter(vote -> !vote.learned())
                    .map(Vote::ballot)
                    .distinct()
                    .forEach(ballot -> counts.merge(ballot, 1, Integer::sum)));
    for (Map.Entry<Ballot, Integer> count : counts.entrySet()) {
      if (count.getValue() >= status.quorum()) {
        return voteReport.votes().values().stream()
            .flatMap(List::stream)
            .filter(vote -> !vote.learned() && vote.ballot().equals(count.getKey()))
            .findFirst()
            .orElseThrow();
      }
    }
    return voteReport.votes().entrySet().stream()
        .filter(votes -> !votes.getValue().isEmpty() && hasLearned(votes.getKey()))
        .map(votes -> votes.getValue().get(votes.getValue().size() - 1))
        .findFirst()
        .orElse(null);
  }

  private boolean hasLearned(int voter) {
    return slot <= voteReport.chosenThrough().getOrDefault(voter, 0L);
  }

  private void promises(DecisionRecord.Builder record, Ballot ballot) {
    Map<Integer, Timestamp> promised = new TreeMap<>();
    inspection.eventLog().elections().stream()
        .filter(election -> election.ballot().equals(ballot))
        .forEach(
            election ->
                election
                    .promisedBy()
                    .forEach(voter -> promised.put(voter, Timestamp.getDefaultInstance())));
    eachLine(
        loggedEvent -> {
          if (loggedEvent.event() instanceof Event.PromiseReceived it
              && it.ballot().equals(ballot)) {
            promised.put(it.from(), CommonMessages.time(loggedEvent.wallMillis()));
          }
          if (loggedEvent.event() instanceof Event.Promised it && it.ballot().equals(ballot)) {
            promised.put(status.node(), CommonMessages.time(loggedEvent.wallMillis()));
          }
        });
    promised.forEach(
        (voter, time) -> {
          DecisionRecord.Promise.Builder promise =
              DecisionRecord.Promise.newBuilder()
                  .setNodeId(CommonMessages.node(voter))
                  .setBallot(CommonMessages.ballot(ballot));
          if (!time.equals(Timestamp.getDefaultInstance())) {
            promise.setTime(time);
          }
          record.addPromises(promise);
        });
  }

  private void learned(DecisionRecord.Builder record) {
    new TreeMap<>(voteReport.votes())
        .forEach(
            (voter, votes) -> {
              if (hasLearned(voter)) {
                DecisionRecord.Learned.Builder learned =
                    DecisionRecord.Learned.newBuilder().setNodeId(CommonMessages.node(voter));
                votes.stream()
                    .filter(Vote::learned)
                    .findFirst()
                    .ifPresent(
                        vote ->
                            learned
                                .setHow(How.HOW_CATCH_UP)
                                .setTime(CommonMessages.time(vote.timeMillis())));
                if (voter == status.node()) {
                  addOwnTime(learned);
                }
                record.addLearned(learned);
              }
            });
  }

  private void addOwnTime(DecisionRecord.Learned.Builder learned) {
    eachLine(
        loggedEvent -> {
          if (loggedEvent.event() instanceof Event.Learned it && it.slot() == slot) {
            learned.setHow(how(it.how())).setTime(CommonMessages.time(loggedEvent.wallMillis()));
          }
        });
  }

  private static How how(Chosen.How how) {
    return switch (how) {
      case AS_LEADER -> How.HOW_AS_LEADER;
      case FROM_LEADER -> How.HOW_FROM_LEADER;
      case CATCH_UP -> How.HOW_CATCH_UP;
      case RECOVERY -> How.HOW_FROM_JOURNAL;
    };
  }

  private interface LineReader {
    void read(EventLog.LoggedEvent loggedEvent);
  }

  private void eachLine(LineReader reader) {
    long next = 0;
    List<EventLog.LoggedEvent> loggedEvents;
    do {
      loggedEvents = inspection.eventLog().since(next, LINES_PER_PAGE);
      for (EventLog.LoggedEvent loggedEvent : loggedEvents) {
        reader.read(loggedEvent);
        next = loggedEvent.number() + 1;
      }
    } while (loggedEvents.size() == LINES_PER_PAGE);
  }

  /** Adds the slot's entries from the log, if it is applied and still kept here. */
  private void entries(DecisionRecord.Builder record) {
    if (slot > status.appliedSlot()) {
      return;
    }
    long first = firstIndex(appliedLog.oldestIndex(), appliedLog.appliedIndex() + 1);
    if (first > appliedLog.appliedIndex() || inspection.slotOfIndex(first) != slot) {
      return;
    }
    record.setFirstIndex(first);
    long next = first;
    while (next <= appliedLog.appliedIndex()) {
      AppliedLog.Page page =
          LogReads.pageIfKept(appliedLog, next, ENTRIES_PER_PAGE, PAGE_BYTES_MAX);
      if (page == null) {
        return;
      }
      for (AppliedLog.Item item : page.entries()) {
        if (item.slot() > slot) {
          return;
        }
        record.addOrigins(CommonMessages.origin(item.entry()));
        record.setLogTime(CommonMessages.time(item.logTimeMillis()));
      }
      next = page.next();
      if (next <= appliedLog.appliedIndex() && inspection.slotOfIndex(next) > slot) {
        return;
      }
    }
  }

  /**
   * The lowest index from {@code low} on that is in this slot or a later one, below {@code high}.
   */
  private long firstIndex(long low, long high) {
    long from = low;
    long to = high;
    while (from < to) {
      long middle = from + (to - from) / 2;
      if (inspection.slotOfIndex(middle) >= slot) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from;
  }
}
