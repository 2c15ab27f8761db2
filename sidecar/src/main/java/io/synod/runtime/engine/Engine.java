package io.synod.runtime.engine;

import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.runtime.node.Node;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.Mailbox;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observer;
import io.synod.runtime.port.SnapshotMark;
import io.synod.runtime.port.SnapshotSettings;
import io.synod.runtime.read.EventRing;
import io.synod.state.Limits;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Puts one node together: its cycle, what callers wait for, its trace. Then either {@link #loop}
 * turns it, or the simulator does.
 */
public final class Engine {
  private final Self self;
  private final Tuning tuning;
  private final NodePorts ports;
  private final EventRing trace;
  private final Callers callers;
  private final Cycle cycle;
  private volatile @Nullable Mailbox mailbox;

  /**
   * A node that does not turn yet; recovers what the journal holds, which may take a while.
   *
   * @param publisher runs what completes callers' futures; in order, if one is to see its own
   * @param random decides nothing but stand-offs and ids; seed it to repeat a run
   */
  public Engine(
      Self self, Tuning tuning, NodePorts ports, Executor publisher, RandomGenerator random) {
    this(self, tuning, ports, new Workers(publisher, publisher), random);
  }

  /** As above, with a thread of its own for what takes long. */
  public Engine(
      Self self, Tuning tuning, NodePorts ports, Workers workers, RandomGenerator random) {
    this.self = self;
    this.tuning = tuning;
    this.trace = new EventRing(ports.clock());
    this.ports =
        new NodePorts(
            ports.journal(), ports.peers(), ports.clock(), new Both(trace, ports.observer()));
    Callers.Birth birth = new Callers.Birth(random, this::wake);
    this.callers = Callers.of(self, tuning, this.ports, workers, birth);
    this.cycle = new Cycle(self, tuning.settings(), this.ports, callers, random);
  }

  /**
   * Who works beside the loop.
   *
   * @param publisher runs what completes callers' futures; in order, if one is to see its own
   * @param background takes snapshots and stores what peers send of theirs; one task after another
   */
  public record Workers(Executor publisher, Executor background) {}

  /**
   * Times and bounds of the core, bounds of its callers, and what is kept.
   *
   * @param limits of the replicated state; all nodes of a cluster must have the same
   */
  public record Tuning(
      Settings settings, CallerLimits callerLimits, SnapshotSettings snapshots, Limits limits) {

    /** With the usual limits of the state. */
    public Tuning(Settings settings, CallerLimits callerLimits, SnapshotSettings snapshots) {
      this(settings, callerLimits, snapshots, Limits.defaults());
    }

    /** With the usual snapshots. */
    public Tuning(Settings settings, CallerLimits callerLimits) {
      this(settings, callerLimits, SnapshotSettings.defaults());
    }

    /** What a sidecar runs with unless told otherwise. */
    public static Tuning defaults() {
      return new Tuning(Settings.defaults(), CallerLimits.defaults());
    }
  }

  private void wake() {
    Mailbox known = mailbox;
    if (known != null) {
      known.wake();
    }
  }

  /** The loop body. Whoever turns it is its one thread. */
  public Cycle cycle() {
    return cycle;
  }

  /**
   * A loop that turns the cycle; not yet started.
   *
   * @param failure told, on the loop's thread, why the loop cannot turn any more: stop the process
   */
  public Loop loop(Consumer<Throwable> failure) {
    return new Loop(cycle, ports.clock(), tuning.callerLimits(), failure);
  }

  /** The node as services see it; its inputs go to {@code mailbox}. */
  public Node node(Mailbox mailbox) {
    callers.own().wakes(mailbox);
    callers.backgroundTasks().own().wakes(mailbox);
    this.mailbox = mailbox;
    return new RunningNode(this, mailbox);
  }

  Tuning tuning() {
    return tuning;
  }

  Self self() {
    return self;
  }

  NodePorts ports() {
    return ports;
  }

  EventRing trace() {
    return trace;
  }

  Callers callers() {
    return callers;
  }

  /** Two observers as one; the first is the trace, which only wants events. */
  private record Both(Observer trace, Observer other) implements Observer {
    @Override
    public void event(Event event) {
      trace.event(event);
      other.event(event);
    }

    @Override
    public void sent(int to, Message message) {
      other.sent(to, message);
    }

    @Override
    public void received(int from, Message message) {
      other.received(from, message);
    }

    @Override
    public void synced(int writes, long syncNanos) {
      other.synced(writes, syncNanos);
    }

    @Override
    public void cycled(int inputs, long cycleNanos) {
      other.cycled(inputs, cycleNanos);
    }

    @Override
    public void applied(long slot, int commands, long applyNanos) {
      other.applied(slot, commands, applyNanos);
    }

    @Override
    public void damaged(@Nullable String message) {
      other.damaged(message);
    }

    @Override
    public void snapshotTaken(SnapshotMark mark, long bytes, long nanos) {
      other.snapshotTaken(mark, bytes, nanos);
    }

    @Override
    public void snapshotFailed(String why) {
      other.snapshotFailed(why);
    }

    @Override
    public void snapshotInstalled(SnapshotMark mark, long bytes) {
      other.snapshotInstalled(mark, bytes);
    }

    @Override
    public void roundTrip(int peer, long nanos) {
      other.roundTrip(peer, nanos);
    }
  }
}
