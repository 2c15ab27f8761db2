package io.synod.metrics;

import io.prometheus.client.Collector;
import io.synod.paxos.View;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The metrics of the node's status, which is read once per scrape so that they are consistent. */
final class StatusMetrics extends Collector {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MILLIS_PER_SECOND = 1e3;

  private final NodeLabels identity;
  private final Supplier<@Nullable NodeStatus> status;

  StatusMetrics(NodeLabels identity, Supplier<@Nullable NodeStatus> status) {
    this.identity = identity;
    this.status = status;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    NodeStatus now = status.get();
    if (now == null) {
      return List.of();
    }
    List<MetricFamilySamples> families = new ArrayList<>();
    leadership(now, families);
    watermarks(now, families);
    state(now, families);
    upkeep(now, families);
    peers(now, families);
    return families;
  }

  private static void leadership(NodeStatus now, List<MetricFamilySamples> families) {
    MetricFamily role = new MetricFamily("synod_role", Type.GAUGE, "1 for the role of this node.");
    for (View.Role each : View.Role.values()) {
      String label = each.name().toLowerCase(Locale.ROOT);
      role.add("synod_role", number(each == now.role()), "role", label);
    }
    families.add(role.build());
    gauge(families, "synod_is_leader", "1 if this node leads.", number(leads(now)));
    gauge(
        families,
        "synod_has_leader",
        "1 if this node leads or knows of a leader.",
        number(led(now)));
    if (now.leaderContactNanos() >= 0) {
      double seconds = now.leaderContactNanos() / NANOS_PER_SECOND;
      gauge(
          families,
          "synod_leader_contact_age_seconds",
          "Time since the last contact with the leader.",
          seconds);
    }
    gauge(
        families,
        "synod_formation_blocked",
        "1 if the cluster cannot form because of what voters' disks hold.",
        number(now.availability().cannotForm()));
    availability(now.availability(), families);
    whole(families, "synod_ballot_round", "Round of the highest promise.", now.promised().round());
    gauge(families, "synod_voters", "Voters of the cluster.", now.voters());
    gauge(families, "synod_voters_reachable", "Voters that answer and may vote.", now.reachable());
    gauge(families, "synod_quorum_voters", "Voters that make a quorum.", now.quorum());
  }

  private static void availability(Availability available, List<MetricFamilySamples> families) {
    MetricFamily reasons =
        new MetricFamily(
            "synod_availability",
            Type.GAUGE,
            "1 for the state: whether commands can be chosen as far as this node knows, or why"
                + " not.");
    for (Availability.Reason each : Availability.Reason.values()) {
      String label = each.name().toLowerCase(Locale.ROOT);
      reasons.add("synod_availability", number(each == available.reason()), "reason", label);
    }
    families.add(reasons.build());
    gauge(
        families,
        "synod_votes_lost",
        "Voters whose votes are lost with their disks.",
        available.votes().lost().size());
  }

  private static void watermarks(NodeStatus now, List<MetricFamilySamples> families) {
    whole(families, "synod_chosen_slot", "Highest slot known to be chosen.", now.chosenSlot());
    whole(families, "synod_applied_slot", "Last applied slot.", now.appliedSlot());
    whole(
        families, "synod_applied_index", "Index of the last applied command.", now.appliedIndex());
    whole(families, "synod_oldest_index", "First index still readable.", now.oldestIndex());
    gauge(
        families,
        "synod_proposals_in_flight",
        "Proposals whose outcome is pending here.",
        now.pending());
    whole(families, "synod_log_size_bytes", "Bytes of the log on the disk.", now.bytesOnDisk());
  }

  private static void state(NodeStatus now, List<MetricFamilySamples> families) {
    NodeStatus.Contents contents = now.contents();
    gauge(families, "synod_level", "Level of the cluster.", contents.level());
    gauge(families, "synod_state_keys", "Keys of the state.", contents.keys());
    gauge(families, "synod_state_sessions", "Open sessions of the state.", contents.sessions());
    gauge(families, "synod_state_locks", "Held locks of the state.", contents.locks());
    consumers(contents.consumers(), families);
    MetricFamily uses =
        new MetricFamily(
            "synod_state_limit_used_ratio",
            Type.GAUGE,
            "How much of a limit of the state is used.");
    for (NodeStatus.LimitUse use : contents.uses()) {
      double ratio = (double) use.used() / use.max();
      uses.add("synod_state_limit_used_ratio", ratio, "limit", use.limit());
    }
    families.add(uses.build());
    whole(
        families,
        "synod_state_bytes",
        "Bytes of keys, values and remembered answers.",
        contents.bytes());
    NodeStatus.Standing standing = now.standing();
    gauge(
        families,
        "synod_wall_clock_ahead_seconds",
        "The wall clock here minus log time, which follows the clocks of the majority.",
        standing.clockAheadMillis() / MILLIS_PER_SECOND);
    gauge(
        families,
        "synod_disk_full",
        "1 if the disk has no space for the next file of the log.",
        number(standing.diskFull()));
    gauge(
        families,
        "synod_state_diverged",
        "1 if the state of a peer differs from this node's.",
        number(standing.diverged()));
    gauge(
        families,
        "synod_quarantined",
        "1 while this node serves nothing, until it has taken the state of a majority.",
        number(standing.quarantined()));
    count(
        families,
        "synod_digests_compared",
        "State digests compared with peers.",
        standing.digestsCompared());
    count(
        families,
        "synod_digests_unequal",
        "State digests that differed.",
        standing.digestsUnequal());
    count(
        families,
        "synod_state_renewals",
        "Quarantines that ended, since the state was taken anew from a peer.",
        standing.stateRenewals());
  }

  private static void consumers(
      NodeStatus.Consumers consumers, List<MetricFamilySamples> families) {
    gauge(families, "synod_state_consumers", "Consumers of the log.", consumers.count());
    gauge(
        families,
        "synod_consumers_diverged",
        "Consumers whose copies have different states at one index.",
        consumers.diverged());
    gauge(
        families,
        "synod_consumers_holding_log",
        "Consumers with a copy that does not acknowledge, while the log is kept for it.",
        consumers.holdingLog());
    gauge(
        families,
        "synod_consumers_lapsed",
        "Consumers with a copy that has not acknowledged for so long that the log is not kept for"
            + " it.",
        consumers.lapsed());
    if (consumers.neededFrom() != Long.MAX_VALUE) {
      whole(
          families,
          "synod_consumers_needed_index",
          "First index that a consumer may still need; absent if none does.",
          consumers.neededFrom());
    }
  }

  private static void upkeep(NodeStatus now, List<MetricFamilySamples> families) {
    NodeStatus.Upkeep upkeep = now.upkeep();
    gauge(families, "synod_sessions_kept", "Sessions renewed by this node.", upkeep.sessionsKept());
    count(
        families,
        "synod_session_renewals",
        "Renewals of sessions by this node.",
        upkeep.renewals());
    count(
        families,
        "synod_sessions_expired",
        "Sessions expired because they were not renewed.",
        upkeep.sessionsExpired());
    count(
        families,
        "synod_keys_expired",
        "Pairs expired because their time to live ended.",
        upkeep.keysExpired());
  }

  private void peers(NodeStatus now, List<MetricFamilySamples> families) {
    MetricFamily connected =
        new MetricFamily("synod_peer_connected", Type.GAUGE, "1 if the peer answers heartbeats.");
    MetricFamily lag =
        new MetricFamily(
            "synod_peer_lag_slots",
            Type.GAUGE,
            "Chosen slots known here that the peer has not reported as known.");
    for (View.Peer peer : now.peers()) {
      String name = identity.peers().get(peer.node());
      if (name != null) {
        connected.add("synod_peer_connected", number(peer.connected()), "peer", name);
        double behind = Math.max(0, now.chosenSlot() - peer.chosenThrough());
        lag.add("synod_peer_lag_slots", behind, "peer", name);
      }
    }
    families.add(connected.build());
    families.add(lag.build());
  }

  private static boolean leads(NodeStatus now) {
    return now.role() == View.Role.LEADER;
  }

  private static boolean led(NodeStatus now) {
    return leads(now) || !now.leader().isNone();
  }

  private static double number(boolean yes) {
    return yes ? 1 : 0;
  }

  private static void whole(
      List<MetricFamilySamples> families, String name, String help, long value) {
    gauge(families, name, help, (double) value);
  }

  private static void count(
      List<MetricFamilySamples> families, String name, String help, long value) {
    families.add(
        new MetricFamily(name, Type.COUNTER, help).add(name + "_total", (double) value).build());
  }

  private static void gauge(
      List<MetricFamilySamples> families, String name, String help, double value) {
    families.add(MetricFamily.gauge(name, help, value));
  }
}
