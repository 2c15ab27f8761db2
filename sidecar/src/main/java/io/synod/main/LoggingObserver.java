package io.synod.main;

import io.synod.metrics.Metrics;
import io.synod.paxos.value.Event;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Observer;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An observer that counts all observations, and logs the rare ones. The loop's thread calls it; the
 * log never blocks.
 */
record LoggingObserver(Metrics metrics, AtomicLong fencedAtNanos) implements Observer {
  private static final Logger LOG = LoggerFactory.getLogger(LoggingObserver.class);
  private static final long FENCED_EVERY_NANOS = 10_000_000_000L;

  LoggingObserver(Metrics metrics) {
    this(metrics, new AtomicLong(System.nanoTime() - FENCED_EVERY_NANOS));
  }

  @Override
  public void observe(Observation observation) {
    metrics.observe(observation);
    if (observation instanceof Observation.Occurred occurred) {
      event(occurred.event());
    } else if (observation instanceof Observation.Damaged damaged) {
      LOG.error("a record on the disk is damaged: {}", damaged.message());
    } else if (observation instanceof Observation.SnapshotTaken taken) {
      LOG.info(
          "took a snapshot of slot {}: {} bytes in {} ms",
          taken.mark().slot(),
          taken.bytes(),
          taken.nanos() / 1_000_000);
    } else if (observation instanceof Observation.SnapshotFailed failed) {
      LOG.warn("the snapshot failed, and is tried again: {}", failed.why());
    } else if (observation instanceof Observation.FetchFailed failed) {
      LOG.warn(
          "the snapshot of node {} cannot be stored, and is fetched again: {}",
          failed.peer(),
          failed.why());
    } else if (observation instanceof Observation.SnapshotInstalled installed) {
      LOG.info(
          "installed a peer's snapshot of slot {}: {} bytes",
          installed.mark().slot(),
          installed.bytes());
    }
  }

  private void event(Event event) {
    if (event instanceof Event.Formed formed) {
      LOG.info(
          "the cluster formed with voters {}; this node {}",
          formed.formation().voters().keySet(),
          formed.voter() ? "votes" : "learns");
    } else if (event instanceof Event.FormationBlocked blocked) {
      LOG.error("{}", Availability.formationBlocked(blocked.voters()));
    } else if (event instanceof Event.OriginsDiffer differ) {
      LOG.error("{}", Availability.originsDiffer(differ.voters()));
    } else if (event instanceof Event.MembershipChosen chosen) {
      if (chosen.fromSlot() != 0) {
        LOG.info(
            "membership {} was chosen: from slot {} on the voters are {}",
            chosen.membership().epoch(),
            chosen.fromSlot(),
            chosen.membership().voters());
      }
    } else if (event instanceof Event.ElectionStarted started) {
      LOG.info("standing for election at ballot {}: {}", started.ballot(), started.reason());
    } else if (event instanceof Event.Elected elected) {
      LOG.info("elected leader at ballot {}", elected.ballot());
    } else if (event instanceof Event.SteppedDown down) {
      LOG.info("gave up ballot {}: {}", down.ballot(), down.reason());
    } else if (event instanceof Event.LeaderChanged changed) {
      if (changed.leader().isNone()) {
        LOG.warn("no leader is known");
      } else {
        LOG.info("node {} leads at ballot {}", changed.leader().node(), changed.leader());
      }
    } else if (event instanceof Event.Fenced fenced) {
      fenced(fenced);
    } else if (event instanceof Event.StateDiverged differs) {
      LOG.error(
          "the state of node {} differs from this node's after slot {}",
          differs.from(),
          differs.slot());
    } else if (event instanceof Event.ClockStepped stepped) {
      LOG.warn("{}", NodeStatus.clockStepped(stepped.millis()));
    } else if (event instanceof Event.Quarantined alone) {
      LOG.error(
          "the state of this node differs from the majority's after slot {}: it is quarantined,"
              + " serves nothing and does not lead until it has taken the state anew from a peer",
          alone.slot());
    } else if (event instanceof Event.StateRenewed renewed) {
      LOG.warn(
          "this node took its state anew from a peer, and agrees with the majority at slot {}: its"
              + " quarantine ends",
          renewed.slot());
    }
  }

  /** Logs ignored messages at intervals, since a peer of another cluster or disk sends many. */
  private void fenced(Event.Fenced fenced) {
    long now = System.nanoTime();
    if (now - fencedAtNanos.get() >= FENCED_EVERY_NANOS) {
      fencedAtNanos.set(now);
      LOG.warn("ignored messages of node {}: {}", fenced.from(), fenced.reason());
    }
  }
}
