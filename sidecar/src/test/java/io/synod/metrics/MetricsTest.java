package io.synod.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.engine.Situations;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.port.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final Ballot BALLOT = new Ballot(3, 0, 1, 5);

  private final TestMetrics testMetrics = TestMetrics.wired();
  private final Metrics metrics = testMetrics.metrics;

  @Test
  void countsVotesGivenAndReceived() {
    metrics.observe(new Observation.Occurred(new Event.Accepted(9, BALLOT)));
    metrics.observe(new Observation.Occurred(new Event.AcceptedReceived(5, 9, BALLOT, 2)));
    metrics.observe(new Observation.Occurred(new Event.AcceptedReceived(5, 5, BALLOT, 1)));

    assertThat(testMetrics.value("synod_votes_total")).isEqualTo(1);
    assertThat(testMetrics.value("synod_votes_received_total", "peer", "synod-1")).isEqualTo(5);
    assertThat(testMetrics.value("synod_votes_received_total", "peer", "synod-0")).isEqualTo(1);
  }

  @Test
  void countsPromisesAndRefusals() {
    metrics.observe(new Observation.Occurred(new Event.Promised(BALLOT, Ballot.NONE)));
    metrics.observe(new Observation.Occurred(new Event.PromiseReceived(BALLOT, 3, 0)));
    metrics.observe(new Observation.Occurred(new Event.Refused(BALLOT, BALLOT, 2)));
    metrics.observe(new Observation.Occurred(new Event.RefusalReceived(BALLOT, BALLOT, 3)));

    assertThat(testMetrics.value("synod_promises_total")).isEqualTo(1);
    assertThat(testMetrics.value("synod_promises_received_total", "peer", "synod-2")).isEqualTo(1);
    assertThat(testMetrics.value("synod_refusals_total")).isEqualTo(1);
    assertThat(testMetrics.value("synod_refusals_received_total", "peer", "synod-2")).isEqualTo(1);
  }

  @Test
  void tellsElectionsLostFromLeadershipGivenUp() {
    metrics.observe(new Observation.Occurred(new Event.ElectionStarted(BALLOT, "silence")));
    metrics.observe(new Observation.Occurred(new Event.SteppedDown(BALLOT, false, "refused")));
    metrics.observe(new Observation.Occurred(new Event.ElectionStarted(BALLOT, "silence")));
    metrics.observe(new Observation.Occurred(new Event.Elected(BALLOT)));
    metrics.observe(new Observation.Occurred(new Event.SteppedDown(BALLOT, true, "no quorum")));

    assertThat(testMetrics.value("synod_elections_started_total")).isEqualTo(2);
    assertThat(testMetrics.value("synod_elections_total", "result", "won")).isEqualTo(1);
    assertThat(testMetrics.value("synod_elections_total", "result", "lost")).isEqualTo(1);
    assertThat(testMetrics.value("synod_step_downs_total")).isEqualTo(1);
  }

  @Test
  void countsNoLossOfALeaderAsANewOne() {
    metrics.observe(new Observation.Occurred(new Event.LeaderChanged(Ballot.NONE)));
    metrics.observe(new Observation.Occurred(new Event.LeaderChanged(BALLOT)));

    assertThat(testMetrics.value("synod_leader_changes_total")).isEqualTo(1);
  }

  @Test
  void countsThatTheClockWasSet() {
    metrics.observe(new Observation.Occurred(new Event.ClockStepped(-3_600_000)));

    assertThat(testMetrics.value("synod_clock_steps_total")).isEqualTo(1);
  }

  @Test
  void tellsNoOpsFromBatches() {
    metrics.observe(new Observation.Occurred(new Event.Proposed(1, BALLOT, 0, 12)));
    metrics.observe(new Observation.Occurred(new Event.Proposed(2, BALLOT, 3, 300)));

    assertThat(testMetrics.value("synod_noops_proposed_total")).isEqualTo(1);
    assertThat(testMetrics.value("synod_batch_commands_sum")).isEqualTo(3);
    assertThat(testMetrics.value("synod_batch_bytes_sum")).isEqualTo(300);
    assertThat(testMetrics.value("synod_batch_bytes_count")).isEqualTo(1);
  }

  @Test
  void countsLearnedSlotsByHow() {
    metrics.observe(new Observation.Occurred(new Event.Learned(4, BALLOT, Chosen.How.CATCH_UP)));

    assertThat(testMetrics.value("synod_slots_learned_total", "how", "catch_up")).isEqualTo(1);
    assertThat(testMetrics.value("synod_slots_learned_total", "how", "as_leader")).isZero();
  }

  @Test
  void namesEveryTypeOfMessage() {
    List<Class<?>> types = new ArrayList<>();
    collect(Message.class, types);

    assertThat(types).allMatch(type -> MessageMetrics.types().containsKey(type));
    assertThat(MessageMetrics.types().values()).hasSameSizeAs(types).doesNotHaveDuplicates();
  }

  private static void collect(Class<?> type, List<Class<?>> found) {
    if (type.isSealed()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        collect(permitted, found);
      }
    } else {
      found.add(type);
    }
  }

  @Test
  void countsMessagesByTypeDirectionAndPeer() {
    metrics.observe(new Observation.Sent(2, new Message.Chosen(BALLOT, 4)));
    metrics.observe(new Observation.Received(3, new Message.LearnRequest(4)));

    assertThat(messages("chosen", "sent", "synod-1")).isEqualTo(1);
    assertThat(messages("chosen", "received", "synod-1")).isZero();
    assertThat(messages("learn_request", "received", "synod-2")).isEqualTo(1);
  }

  @Test
  void makesNoLabelForAStranger() {
    metrics.observe(new Observation.Received(99, new Message.LearnRequest(4)));
    metrics.observe(new Observation.Sent(99, new Message.LearnRequest(4)));
    metrics.observe(new Observation.RoundTrip(99, 1));
    metrics.observe(new Observation.Occurred(new Event.AcceptedReceived(1, 1, BALLOT, 99)));

    assertThat(metrics.registry().metricFamilySamples().asIterator())
        .toIterable()
        .flatExtracting(family -> family.samples)
        .flatExtracting(sample -> sample.labelValues)
        .doesNotContain("99");
  }

  private double messages(String type, String direction, String peer) {
    return testMetrics.value(
        "synod_messages_total", "type", type, "direction", direction, "peer", peer);
  }

  @Test
  void timesTheLoop() {
    metrics.observe(new Observation.Synced(7, 2_000_000));
    metrics.observe(new Observation.Turned(20, 3_000_000));
    metrics.observe(new Observation.Applied(12, 5, 40_000));
    metrics.observe(new Observation.RoundTrip(2, 500_000));
    metrics.observe(new Observation.Damaged("tail.0 at 512"));

    assertThat(testMetrics.value("synod_log_sync_duration_seconds_sum")).isEqualTo(0.002);
    assertThat(testMetrics.value("synod_log_writes_total")).isEqualTo(7);
    assertThat(testMetrics.value("synod_log_damaged_records_total")).isEqualTo(1);
    assertThat(testMetrics.value("synod_cycle_duration_seconds_sum")).isEqualTo(0.003);
    assertThat(testMetrics.value("synod_cycle_inputs_sum")).isEqualTo(20);
    assertThat(testMetrics.value("synod_apply_duration_seconds_count")).isEqualTo(1);
    assertThat(testMetrics.value("synod_commands_applied_total")).isEqualTo(5);
    assertThat(testMetrics.value("synod_peer_round_trip_seconds_sum", "peer", "synod-1"))
        .isEqualTo(0.0005);
  }

  @Test
  void countsSnapshotsAndTellsOfTheLast() {
    metrics.observe(
        new Observation.SnapshotTaken(new SnapshotMark(40, 400, 1_000, 7), 5_000, 250_000_000));
    metrics.observe(new Observation.SnapshotFailed("the disk is full"));
    metrics.observe(new Observation.SnapshotFailed("the disk is full"));
    metrics.observe(new Observation.SnapshotInstalled(new SnapshotMark(90, 900, 2_000, 8), 6_000));

    assertThat(testMetrics.value("synod_snapshots_taken_total")).isEqualTo(1);
    assertThat(testMetrics.value("synod_snapshots_failed_total")).isEqualTo(2);
    assertThat(testMetrics.value("synod_snapshots_installed_total")).isEqualTo(1);
    assertThat(testMetrics.value("synod_snapshot_last_duration_seconds")).isEqualTo(0.25);
    assertThat(testMetrics.value("synod_snapshot_last_size_bytes")).isEqualTo(6_000);
    assertThat(testMetrics.value("synod_snapshot_last_slot")).isEqualTo(90);
  }

  @Test
  void tellsHowMuchOfItsLimitsTheStateUses() {
    assertThat(testMetrics.value("synod_state_limit_used_ratio", "limit", "sessions"))
        .isEqualTo(0.95);
  }

  @Test
  void tellsHowTheConsumersDo() {
    assertThat(testMetrics.value("synod_state_consumers")).isEqualTo(4);
    assertThat(testMetrics.value("synod_consumers_diverged")).isEqualTo(1);
    assertThat(testMetrics.value("synod_consumers_holding_log")).isEqualTo(2);
    assertThat(testMetrics.value("synod_consumers_lapsed")).isEqualTo(3);
    assertThat(testMetrics.value("synod_consumers_needed_index")).isEqualTo(77);
  }

  @Test
  void countsAProposalWhenItEnds() {
    CompletableFuture<Outcome> open = new CompletableFuture<>();
    CompletableFuture<Outcome> counted = metrics.callMetrics().proposal(() -> open);
    assertThat(testMetrics.value("synod_proposal_duration_seconds_count")).isZero();

    testMetrics.clock.pass(Duration.ofMillis(30));
    open.complete(new Outcome.Applied(1, 1, BALLOT, false, 0));

    assertThat(counted).isCompleted();
    assertThat(testMetrics.value("synod_proposals_total", "result", "chosen")).isEqualTo(1);
    assertThat(testMetrics.value("synod_proposal_duration_seconds_sum")).isEqualTo(0.03);
  }

  @Test
  void tellsTheOutcomesOfProposalsApart() {
    propose(new Outcome.Applied(1, 1, BALLOT, true, 0));
    propose(new Outcome.Unavailable(Situations.alone()));
    propose(new Outcome.Overloaded(5));
    propose(new Outcome.Indeterminate(1, 1));
    propose(new Outcome.SequenceReused(1, 1));
    propose(new Outcome.SessionUnknown(1));

    assertThat(testMetrics.value("synod_proposals_total", "result", "duplicate")).isEqualTo(1);
    assertThat(testMetrics.value("synod_proposals_total", "result", "unavailable")).isEqualTo(1);
    assertThat(testMetrics.value("synod_proposals_total", "result", "overloaded")).isEqualTo(1);
    assertThat(testMetrics.value("synod_proposals_total", "result", "indeterminate")).isEqualTo(1);
    assertThat(testMetrics.value("synod_proposals_total", "result", "rejected")).isEqualTo(2);
  }

  private void propose(Outcome outcome) {
    assertThat(metrics.callMetrics().proposal(() -> CompletableFuture.completedFuture(outcome)))
        .isCompletedWithValue(outcome);
  }

  @Test
  void countsReadsByLevelAndOutcome() {
    read(ReadLevel.STRONG, new ReadFreshness.Unavailable(Situations.alone()));
    read(ReadLevel.LOCAL, new ReadFreshness.Fresh(4, 0));
    read(ReadLevel.BOUNDED, new ReadFreshness.TooStale(4, 9));
    read(ReadLevel.SESSION, new ReadFreshness.NotYetApplied(4, 9));
    read(ReadLevel.STRONG, new ReadFreshness.Overloaded(4));

    assertThat(reads("strong", "unavailable")).isEqualTo(1);
    assertThat(reads("local", "served")).isEqualTo(1);
    assertThat(reads("bounded", "stale")).isEqualTo(1);
    assertThat(reads("session", "not_yet_applied")).isEqualTo(1);
    assertThat(reads("strong", "overloaded")).isEqualTo(1);
    assertThat(testMetrics.value("synod_read_duration_seconds_count", "level", "strong"))
        .isEqualTo(2);
  }

  private void read(ReadLevel level, ReadFreshness readFreshness) {
    assertThat(
            metrics
                .callMetrics()
                .read(level, () -> CompletableFuture.completedFuture(readFreshness)))
        .isCompletedWithValue(readFreshness);
  }

  private double reads(String level, String result) {
    return testMetrics.value("synod_reads_total", "level", level, "result", result);
  }

  @Test
  void countsCallsByMethodAndCode() {
    assertThat(calls("OK")).isZero();
    testMetrics.apiCallMetrics.ended("synod.v1.Log/Propose", "OK", 500_000_000);
    testMetrics.apiCallMetrics.ended("synod.v1.Log/Propose", "OK", 250_000_000);
    testMetrics.apiCallMetrics.ended("synod.v1.Log/Propose", "UNAVAILABLE", 250_000_000);

    assertThat(calls("OK")).isEqualTo(2);
    assertThat(calls("UNAVAILABLE")).isEqualTo(1);
    assertThat(
            testMetrics.value(
                "synod_api_call_duration_seconds_sum", "method", "synod.v1.Log/Propose"))
        .isEqualTo(1.0);
  }

  private double calls(String code) {
    return testMetrics.value(
        "synod_api_calls_total", "method", "synod.v1.Log/Propose", "code", code);
  }

  @Test
  void makesNoLabelOfWhatACallerMadeUp() {
    testMetrics.apiCallMetrics.ended("synod.v1.Log/Secret", "OK", 1);
    testMetrics.apiCallMetrics.ended("synod.v1.Log/Propose", "SECRET", 1);

    assertThat(metrics.registry().metricFamilySamples().asIterator())
        .toIterable()
        .flatExtracting(family -> family.samples)
        .flatExtracting(sample -> sample.labelValues)
        .doesNotContain("synod.v1.Log/Secret", "SECRET");
  }

  @Test
  void showsWhatTheNodeBelieves() {
    testMetrics.status = TestViews.follower(100, 90);

    assertThat(testMetrics.value("synod_has_leader")).isEqualTo(1);
    assertThat(testMetrics.value("synod_is_leader")).isZero();
    assertThat(testMetrics.value("synod_role", "role", "follower")).isEqualTo(1);
    assertThat(testMetrics.value("synod_applied_slot")).isEqualTo(100);
    assertThat(testMetrics.value("synod_chosen_slot")).isEqualTo(102);
    assertThat(testMetrics.value("synod_peer_lag_slots", "peer", "synod-1")).isEqualTo(12);
    assertThat(testMetrics.value("synod_leader_contact_age_seconds")).isEqualTo(0.05);

    testMetrics.status = TestViews.alone(100);
    assertThat(testMetrics.value("synod_has_leader")).isZero();
    assertThat(testMetrics.value("synod_voters_reachable")).isEqualTo(1);
    assertThat(testMetrics.value("synod_peer_connected", "peer", "synod-1")).isZero();
  }

  @Test
  void namesTheReadingsThatNobodyWired() {
    assertThat(metrics.unread()).isEmpty();
    assertThat(new TestMetrics().metrics.unread())
        .contains(MetricSource.WATCHES_OPEN, PeerMetricSource.FRAMES_DROPPED)
        .hasSize(MetricSource.values().length + PeerMetricSource.values().length);
  }
}
