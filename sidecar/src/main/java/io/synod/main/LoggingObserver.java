package io.synod.main;

import io.synod.metrics.Metrics;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.port.Observer;
import io.synod.runtime.port.SnapshotMark;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
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
  public void event(Event event) {
    metrics.event(event);
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

  @Override
  public void sent(int to, Message message) {
    metrics.sent(to, message);
  }

  @Override
  public void received(int from, Message message) {
    metrics.received(from, message);
  }

  @Override
  public void synced(int writes, long syncNanos) {
    metrics.synced(writes, syncNanos);
  }

  @Override
  public void cycled(int inputs, long cycleNanos) {
    metrics.cycled(inputs, cycleNanos);
  }

  @Override
  public void applied(long slot, int commands, long applyNanos) {
    metrics.applied(slot, commands, applyNanos);
  }

  @Override
  public void damaged(@Nullable String message) {
    metrics.damaged(message);
    LOG.error("a record on the disk is damaged: {}", message);
  }

  @Override
  public void snapshotTaken(SnapshotMark mark, long bytes, long nanos) {
    metrics.snapshotTaken(mark, bytes, nanos);
    LOG.info(
        "took a snapshot of slot {}: {} bytes in {} ms", mark.slot(), bytes, nanos / 1_000_000);
  }

  @Override
  public void snapshotFailed(String why) {
    metrics.snapshotFailed(why);
    LOG.warn("no snapshot: {}", why);
  }

  @Override
  public void snapshotInstalled(SnapshotMark mark, long bytes) {
    metrics.snapshotInstalled(mark, bytes);
    LOG.info("goes on from a peer's snapshot of slot {}: {} bytes", mark.slot(), bytes);
  }

  @Override
  public void roundTrip(int peer, long nanos) {
    metrics.roundTrip(peer, nanos);
  }
}
