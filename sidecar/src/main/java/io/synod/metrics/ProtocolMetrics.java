package io.synod.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Histogram;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Event;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Counts the events of the replica. */
final class ProtocolMetrics {
  private final Histogram batchCommands;
  private final Histogram batchBytes;
  private final Counter noOps;
  private final Counter votes;
  private final Map<Integer, Counter.Child> votesReceived;
  private final Counter quorums;
  private final Map<Chosen.How, Counter.Child> learned = new EnumMap<>(Chosen.How.class);
  private final Counter promises;
  private final Map<Integer, Counter.Child> promisesReceived;
  private final Counter refusals;
  private final Map<Integer, Counter.Child> refusalsReceived;
  private final Counter electionsStarted;
  private final Counter.Child electionsWon;
  private final Counter.Child electionsLost;
  private final Counter stepDowns;
  private final Counter leaderChanges;
  private final Counter fenced;
  private final Counter clockSteps;

  ProtocolMetrics(NodeLabels identity, CollectorRegistry registry) {
    Counters make = new Counters(identity, registry);
    batchCommands = make.sizes("synod_batch_commands", "Commands per batch.", Buckets.counts());
    batchBytes = make.sizes("synod_batch_bytes", "Bytes per proposed batch.", Buckets.bytes());
    noOps = make.plain("synod_noops_proposed", "Slots filled without a command by this leader.");
    votes = make.plain("synod_votes", "Slots this acceptor voted for.");
    votesReceived =
        make.byPeer("synod_votes_received", "Slots for which a vote arrived at this leader.");
    quorums = make.plain("synod_quorums_reached", "Slots for which this leader counted a quorum.");
    Counter learnedBy = make.labelled("synod_slots_learned", "Slots learned to be chosen.", "how");
    for (Chosen.How how : Chosen.How.values()) {
      learned.put(how, learnedBy.labels(how.name().toLowerCase(Locale.ROOT)));
    }
    promises = make.plain("synod_promises", "Ballots this acceptor promised.");
    promisesReceived = make.byPeer("synod_promises_received", "Promises made to this candidate.");
    refusals =
        make.plain(
            "synod_refusals", "Messages refused because their ballot was below the promise.");
    refusalsReceived = make.byPeer("synod_refusals_received", "Refusals of this node's ballot.");
    electionsStarted = make.plain("synod_elections_started", "Elections this node stood for.");
    Counter elections = make.labelled("synod_elections", "Ended elections of this node.", "result");
    electionsWon = elections.labels("won");
    electionsLost = elections.labels("lost");
    stepDowns = make.plain("synod_step_downs", "Times this node gave up its leadership.");
    leaderChanges =
        make.plain(
            "synod_leader_changes", "Times the leader that this node follows or is changed.");
    fenced =
        make.plain(
            "synod_messages_fenced", "Messages ignored: of another cluster, disk or formation.");
    clockSteps = make.plain("synod_clock_steps", "Times the wall clock here was seen to be set.");
  }

  /** Counts the event. Events not named here change states, which {@link StatusMetrics} shows. */
  void event(Event event) {
    if (event instanceof Event.Accepted) {
      votes.inc();
    } else if (event instanceof Event.AcceptedReceived accepted) {
      count(votesReceived, accepted.node(), accepted.to() - accepted.from() + 1);
    } else if (event instanceof Event.Learned chosen) {
      count(learned, chosen.how(), 1);
    } else if (event instanceof Event.Proposed proposed) {
      proposed(proposed);
    } else if (event instanceof Event.QuorumReached) {
      quorums.inc();
    } else {
      ballotEvent(event);
    }
  }

  private void proposed(Event.Proposed proposed) {
    if (proposed.commands() == 0) {
      noOps.inc();
      return;
    }
    batchCommands.observe(proposed.commands());
    batchBytes.observe(proposed.bytes());
  }

  private void ballotEvent(Event event) {
    if (event instanceof Event.Promised) {
      promises.inc();
    } else if (event instanceof Event.PromiseReceived promise) {
      count(promisesReceived, promise.from(), 1);
    } else if (event instanceof Event.Refused) {
      refusals.inc();
    } else if (event instanceof Event.RefusalReceived refusal) {
      count(refusalsReceived, refusal.from(), 1);
    } else if (event instanceof Event.ElectionStarted) {
      electionsStarted.inc();
    } else if (event instanceof Event.Elected) {
      electionsWon.inc();
    } else if (event instanceof Event.SteppedDown down) {
      steppedDown(down.led());
    } else if (event instanceof Event.LeaderChanged change) {
      if (!change.leader().isNone()) {
        leaderChanges.inc();
      }
    } else if (event instanceof Event.Fenced) {
      fenced.inc();
    } else if (event instanceof Event.ClockStepped) {
      clockSteps.inc();
    }
  }

  private void steppedDown(boolean led) {
    if (led) {
      stepDowns.inc();
    } else {
      electionsLost.inc();
    }
  }

  private static <K> void count(Map<K, Counter.Child> children, K key, long amount) {
    Counter.Child child = children.get(key);
    if (child != null) {
      child.inc((double) amount);
    }
  }

  /**
   * Creates counters. The leader's own vote and promise count too, so {@code peer} may be itself.
   */
  private record Counters(NodeLabels identity, CollectorRegistry registry) {
    Counter plain(String name, String help) {
      return Counter.build(name, help).withoutExemplars().register(registry);
    }

    Counter labelled(String name, String help, String label) {
      return Counter.build(name, help).labelNames(label).withoutExemplars().register(registry);
    }

    Map<Integer, Counter.Child> byPeer(String name, String help) {
      Counter counter = labelled(name, help, "peer");
      Map<Integer, Counter.Child> children = new HashMap<>();
      identity.names().forEach((node, label) -> children.put(node, counter.labels(label)));
      return children;
    }

    Histogram sizes(String name, String help, double[] buckets) {
      return Histogram.build(name, help).buckets(buckets).withoutExemplars().register(registry);
    }
  }
}
