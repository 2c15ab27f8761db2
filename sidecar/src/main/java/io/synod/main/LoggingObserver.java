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
 * Counts everything, and logs what happens seldom enough to be worth a line. The loop's thread
 * calls it: the log behind it never blocks.
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
      LOG.warn("no snapshot: {}", failed.why());
    } else if (observation instanceof Observation.FetchFailed failed) {
      LOG.warn("no snapshot: that fetched from node {}: {}", failed.peer(), failed.why());
    } else if (observation instanceof Observation.SnapshotInstalled installed) {
      LOG.info(
          "goes on from a peer's snapshot of slot {}: {} bytes",
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
    } else if (event instanceof Event.ElectionStarted started) {
      LOG.info("stands for election at ballot {}: {}", started.ballot(), started.reason());
    } else if (event instanceof Event.Elected elected) {
      LOG.info("leads at ballot {}", elected.ballot());
    } else if (event instanceof Event.SteppedDown down) {
      LOG.info("gave up ballot {}: {}", down.ballot(), down.reason());
    } else if (event instanceof Event.LeaderChanged changed) {
      if (changed.leader().isNone()) {
        LOG.warn("hears no leader");
      } else {
        LOG.info("node {} leads at ballot {}", changed.leader().node(), changed.leader());
      }
    } else if (event instanceof Event.Fenced fenced) {
      fenced(fenced);
    } else if (event instanceof Event.StateDiverged differs) {
      LOG.error("the state of node {} differs from slot {}", differs.from(), differs.slot());
    } else if (event instanceof Event.ClockStepped stepped) {
      LOG.warn("{}", NodeStatus.clockStepped(stepped.millis()));
    } else if (event instanceof Event.Quarantined alone) {
      LOG.error(
          "the state here differs from the majority's at slot {}: serves nothing until mended,"
              + " and does not lead",
          alone.slot());
    }
  }

  /** A peer of another cluster or disk repeats itself; one line in a while is enough. */
  private void fenced(Event.Fenced fenced) {
    long now = System.nanoTime();
    if (now - fencedAtNanos.get() >= FENCED_EVERY_NANOS) {
      fencedAtNanos.set(now);
      LOG.warn("does not listen to node {}: {}", fenced.from(), fenced.reason());
    }
  }
}
