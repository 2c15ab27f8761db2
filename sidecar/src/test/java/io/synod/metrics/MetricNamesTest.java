package io.synod.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.Collector.MetricFamilySamples;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Tests that the names of metrics do not change, since dashboards and alerts use them. */
class MetricNamesTest {
  private static final String ALL =
      """
      synod_api_call_duration_seconds histogram [method]
      synod_api_calls_total counter [code, method]
      synod_applied_index gauge
      synod_applied_slot gauge
      synod_apply_duration_seconds histogram
      synod_availability gauge [reason]
      synod_ballot_round gauge
      synod_api_connections gauge
      synod_api_connections_max gauge
      synod_api_connections_refused_total counter
      synod_api_messages_oversize_total counter
      synod_api_unread_bytes gauge
      synod_batch_bytes histogram
      synod_batch_commands histogram
      synod_build_info gauge [java, revision, version]
      synod_chosen_slot gauge
      synod_clock_steps_total counter
      synod_commands_applied_total counter
      synod_consumers_diverged gauge
      synod_consumers_holding_log gauge
      synod_consumers_lapsed gauge
      synod_consumers_needed_index gauge
      synod_cycle_duration_seconds histogram
      synod_cycle_inputs histogram
      synod_digests_compared_total counter
      synod_digests_unequal_total counter
      synod_disk_available_bytes gauge
      synod_disk_full gauge
      synod_elections_started_total counter
      synod_elections_total counter [result]
      synod_formation_blocked gauge
      synod_has_leader gauge
      synod_health gauge [check]
      synod_http_connections_evicted_total counter
      synod_is_leader gauge
      synod_keys_expired_total counter
      synod_leader_changes_total counter
      synod_leader_contact_age_seconds gauge
      synod_level gauge
      synod_log_damaged_records_total counter
      synod_log_size_bytes gauge
      synod_log_sync_duration_seconds histogram
      synod_log_writes_total counter
      synod_mailbox_bytes gauge
      synod_mailbox_dropped_total counter
      synod_mailbox_inputs gauge
      synod_messages_fenced_total counter
      synod_messages_total counter [direction, peer, type]
      synod_node_info gauge [cluster, node]
      synod_noops_proposed_total counter
      synod_oldest_index gauge
      synod_peer_connected gauge [peer]
      synod_peer_connections_refused_total counter
      synod_peer_connections_total counter [peer]
      synod_peer_frames_dropped_total counter [peer]
      synod_peer_frames_malformed_total counter [peer]
      synod_peer_frames_oversize_total counter [peer]
      synod_peer_lag_slots gauge [peer]
      synod_peer_received_bytes_total counter [peer]
      synod_peer_round_trip_seconds histogram [peer]
      synod_peer_sent_bytes_total counter [peer]
      synod_promises_received_total counter [peer]
      synod_promises_total counter
      synod_proposal_duration_seconds histogram
      synod_proposals_in_flight gauge
      synod_proposals_total counter [result]
      synod_quarantined gauge
      synod_quorum_voters gauge
      synod_quorums_reached_total counter
      synod_read_duration_seconds histogram [level]
      synod_reads_total counter [level, result]
      synod_refusals_received_total counter [peer]
      synod_refusals_total counter
      synod_role gauge [role]
      synod_session_renewals_total counter
      synod_sessions_expired_total counter
      synod_sessions_kept gauge
      synod_slots_learned_total counter [how]
      synod_snapshot_last_duration_seconds gauge
      synod_snapshot_last_size_bytes gauge
      synod_snapshot_last_slot gauge
      synod_snapshots_failed_total counter
      synod_snapshots_installed_total counter
      synod_snapshots_taken_total counter
      synod_state_bytes gauge
      synod_state_consumers gauge
      synod_state_diverged gauge
      synod_state_keys gauge
      synod_state_limit_used_ratio gauge [limit]
      synod_state_locks gauge
      synod_state_renewals_total counter
      synod_state_sessions gauge
      synod_step_downs_total counter
      synod_streams_refused_total counter
      synod_voters gauge
      synod_voters_reachable gauge
      synod_votes_lost gauge
      synod_votes_received_total counter [peer]
      synod_votes_total counter
      synod_wall_clock_ahead_seconds gauge
      synod_watches_open gauge
      """;

  @Test
  void everyMetricIsNamedHere() {
    List<String> shown =
        Collections.list(TestMetrics.wired().metrics.registry().metricFamilySamples()).stream()
            .filter(family -> family.name.startsWith("synod_"))
            .map(MetricNamesTest::describe)
            .sorted()
            .toList();

    assertThat(shown).containsExactlyElementsOf(ALL.lines().sorted().toList());
  }

  @Test
  void everyMetricSaysWhatItIs() {
    assertThat(Collections.list(TestMetrics.wired().metrics.registry().metricFamilySamples()))
        .allSatisfy(family -> assertThat(family.help).isNotBlank());
  }

  private static String describe(MetricFamilySamples family) {
    TreeSet<String> labels = new TreeSet<>();
    family.samples.forEach(sample -> labels.addAll(sample.labelNames));
    labels.remove("le");
    String type = family.type.name().toLowerCase(Locale.ROOT);
    String name = type.equals("counter") ? family.name + "_total" : family.name;
    return labels.isEmpty() ? name + " " + type : name + " " + type + " " + labels;
  }
}
