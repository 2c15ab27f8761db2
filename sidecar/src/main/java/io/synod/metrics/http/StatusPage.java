package io.synod.metrics.http;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.synod.metrics.HealthChecks;
import io.synod.metrics.NodeLabels;
import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeStatus;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The page {@code /status}: the node's status, as JSON. The record components below name the
 * fields, so their names must not change.
 */
final class StatusPage {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().setPrettyPrinting().create();

  private final NodeLabels identity;
  private final HealthChecks health;

  StatusPage(NodeLabels identity, HealthChecks health) {
    this.identity = identity;
    this.health = health;
  }

  /**
   * Renders the page; a node that still replays its log shows its identity only.
   *
   * @param alarms the alarms that are not in the node's status
   */
  String render(@Nullable NodeStatus now, List<String> alarms) {
    return GSON.toJson(
            new StatusDocument(
                identity.cluster(),
                identity.selfName(),
                identity.version(),
                health.live(),
                health.ready(),
                now == null ? null : belief(now, alarms)))
        + "\n";
  }

  private Belief belief(NodeStatus now, List<String> alarms) {
    return new Belief(
        now.role().name().toLowerCase(Locale.ROOT),
        Long.toHexString(now.incarnation()),
        now.problem().isEmpty() ? null : now.problem(),
        leader(now),
        promise(now.promised()),
        now.availability().reason().name().toLowerCase(Locale.ROOT),
        quorum(now.availability().votes()),
        now.chosenSlot(),
        now.appliedSlot(),
        now.appliedIndex(),
        now.oldestIndex(),
        now.pending(),
        now.bytesOnDisk(),
        String.format(Locale.ROOT, "%016x", now.stateDigest()),
        Stream.concat(now.alarms().stream(), alarms.stream()).toList(),
        now.peers().stream().map(peer -> peer(now, peer)).toList());
  }

  private @Nullable Leader leader(NodeStatus now) {
    Ballot ballot = now.leader();
    if (ballot.isNone()) {
      return null;
    }
    return new Leader(
        identity.name(ballot.node()),
        ballot.toString(),
        ballot.node() == identity.self(),
        seconds(now.leaderContactNanos()));
  }

  private Quorum quorum(Availability.Votes votes) {
    return new Quorum(
        votes.count(),
        votes.reachable(),
        votes.required(),
        votes.reachable() >= votes.required(),
        votes.lost().stream().map(identity::name).toList());
  }

  private static @Nullable String promise(Ballot promised) {
    return promised.isNone() ? null : promised.toString();
  }

  private Peer peer(NodeStatus now, View.Peer peer) {
    return new Peer(
        identity.name(peer.node()),
        peer.connected(),
        peer.chosenThrough(),
        Math.max(0, now.chosenSlot() - peer.chosenThrough()),
        seconds(peer.roundTripNanos()));
  }

  private static @Nullable Double seconds(long nanos) {
    return nanos < 0 ? null : nanos / NANOS_PER_SECOND;
  }

  private record StatusDocument(
      String cluster,
      String node,
      String version,
      boolean live,
      boolean ready,
      @Nullable Belief status) {}

  private record Belief(
      String role,
      String incarnation,
      @Nullable String problem,
      @Nullable Leader leader,
      @Nullable String promised,
      String availability,
      Quorum quorum,
      long chosenSlot,
      long appliedSlot,
      long appliedIndex,
      long oldestIndex,
      int pendingProposals,
      long diskBytes,
      String stateDigest,
      List<String> alarms,
      List<Peer> peers) {}

  private record Leader(
      String node, String ballot, boolean self, @Nullable Double contactSeconds) {}

  private record Quorum(
      int voters, int reachable, int required, boolean reached, List<String> votesLost) {}

  private record Peer(
      String node,
      boolean connected,
      long chosenSlot,
      long lagSlots,
      @Nullable Double roundTripSeconds) {}
}
