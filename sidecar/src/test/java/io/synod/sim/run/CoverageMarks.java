package io.synod.sim.run;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts coverage marks: branches that a campaign must reach at least once to have tested them. */
public final class CoverageMarks {
  /** A branch that must be reached. */
  public enum CoverageMark {
    LEADER_CHANGED,
    SUPERBLOCK_COPY_DAMAGED,
    VALUE_ADOPTED,
    HOLE_FILLED,
    CAUGHT_UP,
    CAUGHT_UP_FROM_JOURNAL,
    PROMISE_PAGED,
    FLOOR_BEFORE_LEADING,
    BALLOT_REFUSED,
    STEPPED_DOWN_WITHOUT_QUORUM,
    DEPOSED_UNHEARD,
    HANDED_OVER,
    READ_AFTER_LEADER_CHANGE,
    READ_FORWARDED,
    PROPOSAL_FORWARDED,
    PROPOSAL_REPEATED,
    OUTCOME_INDETERMINATE,
    OUTCOME_UNAVAILABLE,
    LEARNED_FROM_LEADER,
    SEGMENT_SEALED,
    SEAL_WITHOUT_ROOM,
    DISK_FULL,
    LEADER_OF_FULL_DISK_REPLACED,
    WRITES_WAIT_FOR_ROOM,
    OPENED_ON_FULL_DISK,
    UNSYNCED_LOST,
    UNSYNCED_KEPT,
    UNSYNCED_IN_MEMORY,
    TORN_TAIL_RECOVERED,
    CRASHED_AT_EFFECT,
    ENDED_WITH_WORK_WAITING,
    CRASHED_BETWEEN_WRITE_AND_SYNC,
    CRASHED_BETWEEN_SYNC_AND_SEND,
    STOPPED_BY_DISK,
    MISREAD_WHILE_OPENING,
    DAMAGE_FOUND,
    NEW_INCARNATION,
    MEMBERSHIP_CHOSEN,
    CHOSEN_BY_NEXT_MEMBERSHIP,
    WATCH_MOVED,
    CHOSEN_BEFORE_APPLIED,
    REPEATED_BEFORE_APPLIED,
    WATCH_FROM_JOURNAL,
    SYNC_SLOW,
    LEADER_REPLACED_WHILE_ITS_DISK_HANGS,
    KILLED_LEADER_REPLACED,
    CLOCK_STEPPED,
    CLOCK_OF_LEADER_STEPPED,
    LED_WITH_FROZEN_CLOCK,
    PAUSED_LEADER,
    SINGLE_VOTER,
    LEARNER_READ,
    REQUEST_REPEATED,
    REFUSED_BY_STATE,
    SEQUENCE_REUSED,
    MISUSE_REFUSED,
    SESSION_LOST,
    SESSION_EXPIRED,
    KEY_EXPIRED,
    EPHEMERAL_GONE,
    COMPARE_FAILED,
    READ_OF_THE_PAST,
    LIST_PAGED,
    PAGE_TOO_OLD,
    WATCH_CHANGED,
    LOCK_HELD,
    LOCK_PASSED,
    LOCK_PASSED_BY_EXPIRY,
    LOCK_RELEASED,
    HOLD_WAITED,
    HOLD_TRIED_ONCE,
    HOLD_LOST,
    FENCE_HELD,
    ACKNOWLEDGED,
    SNAPSHOT_TAKEN,
    CRASHED_IN_SNAPSHOT,
    TRIMMED,
    SNAPSHOT_INSTALLED,
    LED_PAST_INSTALLED_SNAPSHOT,
    WATCH_COMPACTED,
    PENDING_FULL,
    PENDING_BYTES_FULL,
    ACKNOWLEDGEMENTS_FULL,
    READS_FULL,
    FEED_DROPPED,
    PAST_DROPPED,
    SHARES_FULL,
    WINDOW_FULL,
    WINDOW_BYTES_FULL,
    QUEUE_FULL,
    SNAPSHOTS_FULL,
    HANDED_TO_A_SIDECAR,
    RESTORED,
    RESTORED_ELSEWHERE,
    DAMAGED_SNAPSHOT_LEFT,
    DAMAGED_SNAPSHOT_NAMED,
    DAMAGED_STREAM_NAMED,
    PULLED_STREAM_REFUSED,
    STREAM_READ_BACK_WRONG,
    SNAPSHOT_DESPITE_WRONG_DIGEST,
    STATE_ALTERED,
    STATE_ALTERED_AGAIN,
    STATE_TAKEN_ANEW,
    WRONG_STATE_OFFERED,
    SESSIONS_FULL,
    OPENINGS_FULL,
    CONSUMERS_FULL,
    OPENING_TOO_LATE,
    OWN_SESSION_REPLACED,
    SEQUENCE_AHEAD,
    ANSWERS_FULL,
    REQUEST_FORGOTTEN,
    LINK_FULL
  }

  private final Map<CoverageMark, Count> counts = new EnumMap<>(CoverageMark.class);

  private static final class Count {
    private long hits;
  }

  public void hit(CoverageMark mark) {
    counts.computeIfAbsent(mark, key -> new Count()).hits++;
  }

  long count(CoverageMark mark) {
    Count count = counts.get(mark);
    return count == null ? 0 : count.hits;
  }

  public void add(CoverageMarks other) {
    other.counts.forEach(
        (mark, count) -> counts.computeIfAbsent(mark, key -> new Count()).hits += count.hits);
  }

  /** The marks that were not reached. */
  public List<CoverageMark> missing() {
    List<CoverageMark> missing = new ArrayList<>();
    for (CoverageMark mark : CoverageMark.values()) {
      if (count(mark) == 0) {
        missing.add(mark);
      }
    }
    return missing;
  }

  /** Every mark with its count. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (CoverageMark mark : CoverageMark.values()) {
      text.append(mark).append('=').append(count(mark)).append(' ');
    }
    return text.toString().trim();
  }
}
