package io.synod.sim;

import io.synod.paxos.Command;
import io.synod.runtime.node.Outcome;
import io.synod.sim.CoverageMarks.Mark;
import io.synod.sim.check.AtMostOnce;
import io.synod.sim.check.Exclusion;
import io.synod.sim.check.GiveBacks;
import io.synod.sim.check.HonestOutcome;
import io.synod.sim.check.Linearizable;
import io.synod.sim.check.PairWatch;
import io.synod.sim.check.ReferenceModel;
import io.synod.sim.check.SubmittedCommand;
import io.synod.sim.check.Violation;
import io.synod.sim.check.WatchOrder;
import io.synod.sim.disk.Rng;
import io.synod.state.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The callers of one world, and what they know together. */
final class Workload {
  private final World world;
  private final Rng rng;
  private final List<SimulatedClient> callers = new ArrayList<>();
  final Linearizable linearizable = new Linearizable();
  final AtMostOnce once = new AtMostOnce();
  final HonestOutcome honest = new HonestOutcome();
  final Exclusion exclusion;
  final GiveBacks giveBacks;
  final WatchOrder watches;
  final PairWatch pairs;
  private final ReferenceModel referenceModel;
  private long operations;
  private boolean resting;
  private @Nullable RuntimeException found;

  Workload(World world, Rng rng, ReferenceModel referenceModel) {
    this.world = world;
    this.rng = rng;
    this.referenceModel = referenceModel;
    this.exclusion = new Exclusion(world.profile().ttlMillis * 1_000_000L);
    this.giveBacks = new GiveBacks(referenceModel);
    this.watches = new WatchOrder(world.checkers().chosenLog(), once);
    this.pairs = new PairWatch(referenceModel);
  }

  World world() {
    return world;
  }

  /** What the chosen log makes of everything. */
  ReferenceModel referenceModel() {
    return referenceModel;
  }

  void begin() {
    FaultProfile profile = world.profile();
    for (int i = 0; i < profile.clients; i++) {
      callers.add(new LogClient(this, rng.fork()));
    }
    for (int i = 0; i < profile.kvClients; i++) {
      callers.add(new KvClient(this, rng.fork()));
      callers.add(new KvReader(this, rng.fork()));
    }
    for (int i = 0; i < profile.holders; i++) {
      callers.add(new LockClient(this, rng.fork()));
    }
    if (profile.consumers) {
      for (Host host : world.hosts()) {
        callers.add(new ConsumerClient(this, rng.fork(), host));
      }
    }
    for (SimulatedClient caller : callers) {
      world.eventQueue().in(rng.between(0, 1_000_000_000L), caller::step);
    }
  }

  /** No operation begins any more; those under way go on. */
  void rest() {
    resting = true;
    callers.forEach(SimulatedClient::retire);
  }

  boolean isResting() {
    return resting;
  }

  /** Whether nobody waits for anything. */
  boolean isIdle() {
    for (SimulatedClient caller : callers) {
      if (!caller.isIdle()) {
        return false;
      }
    }
    return true;
  }

  long nextOperation() {
    return ++operations;
  }

  /** The process on this host is no more, and with it every answer it owed. */
  void lost(Host host) {
    for (SimulatedClient caller : callers) {
      caller.lost(host);
    }
  }

  /**
   * The caller of an operation, which began with {@code floor}, is told that it is applied. Returns
   * the node that proposed what took effect.
   */
  int applied(Host host, long operation, long floor, Outcome.Applied applied) {
    if (applied.deduplicated()) {
      world.mark(Mark.PROPOSAL_REPEATED);
    }
    // By now it is known what may be done twice.
    referenceModel.follow();
    Command chosen = world.checkers().chosenLog().command(applied.index());
    if (chosen == null) {
      throw new Violation("I8", "index " + applied.index() + " was acknowledged, not chosen");
    }
    world.checkers().acknowledged(host.observedNode, chosen, applied);
    Entry held = Entry.decode(chosen.bytes());
    if (held == null || SubmittedCommand.of(held) != operation) {
      throw new Violation("I8", "index " + applied.index() + " holds another operation");
    }
    host.ackedIndex = Math.max(host.ackedIndex, applied.index());
    linearizable.proposed(floor, applied.index());
    once.answered(operation, applied.index());
    told(host, applied);
    return held.node();
  }

  /** A caller is told that something is applied which has no number. */
  void told(Host host, Outcome.Applied applied) {
    watches.acknowledged(host.node, applied.index());
    referenceModel.answered(applied);
  }

  /** Does what a caller does in a callback, where an exception would get lost. */
  void guard(Runnable deed) {
    try {
      deed.run();
    } catch (RuntimeException thrown) {
      found = found == null ? thrown : found;
    }
  }

  /** Throws what was found in a callback. */
  void confess() {
    RuntimeException thrown = found;
    if (thrown != null) {
      found = null;
      throw thrown;
    }
  }
}
