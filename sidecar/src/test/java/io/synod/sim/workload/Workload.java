package io.synod.sim.workload;

import io.synod.paxos.value.Command;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.Violation;
import io.synod.sim.check.client.AtMostOnce;
import io.synod.sim.check.client.Exclusion;
import io.synod.sim.check.client.GiveBacks;
import io.synod.sim.check.client.HonestOutcome;
import io.synod.sim.check.client.Linearizable;
import io.synod.sim.check.client.PairWatch;
import io.synod.sim.check.client.ReferenceModel;
import io.synod.sim.check.client.SubmittedCommand;
import io.synod.sim.check.client.WatchOrder;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.state.command.Entry;
import org.jspecify.annotations.Nullable;

/** The shared state of the clients of one run, and the checkers of the answers they get. */
public final class Workload {
  private final World world;
  final Linearizable linearizable = new Linearizable();
  public final AtMostOnce once = new AtMostOnce();
  public final HonestOutcome honest = new HonestOutcome();
  final Exclusion exclusion;
  final GiveBacks giveBacks = new GiveBacks();
  public final WatchOrder watches;
  final PairWatch pairs;
  private final ReferenceModel referenceModel;
  private long operations;
  private @Nullable RuntimeException found;

  public Workload(World world) {
    ChosenLog chosenLog = world.checkers().chosenLog();
    this.world = world;
    this.exclusion = new Exclusion(world.profile().ttlMillis * 1_000_000L);
    this.watches = new WatchOrder(chosenLog, once);
    LogCoverage logCoverage = new LogCoverage(world, exclusion, once, giveBacks);
    this.referenceModel = new ReferenceModel(chosenLog, logCoverage, world.profile().limits);
    this.pairs = new PairWatch(referenceModel);
  }

  public World world() {
    return world;
  }

  /** The model of the state by the chosen log. */
  public ReferenceModel referenceModel() {
    return referenceModel;
  }

  public long nextOperation() {
    return ++operations;
  }

  /**
   * An operation that began with {@code floor} was answered as applied. Returns the node that
   * proposed the attempt that took effect.
   */
  int applied(Host host, long operation, long floor, Outcome.Applied applied) {
    if (applied.deduplicated()) {
      world.mark(CoverageMark.PROPOSAL_REPEATED);
    }
    // The model must know first which operations may take effect twice.
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
    host.acknowledged(applied.index());
    linearizable.proposed(floor, applied.index());
    once.answered(operation, applied.index());
    onApplied(host, applied);
    return held.node();
  }

  /** A caller was answered that a command without an operation number is applied. */
  void onApplied(Host host, Outcome.Applied applied) {
    watches.acknowledged(host.node, applied.index());
    referenceModel.answered(applied);
  }

  /** Runs a callback of a client, and keeps its exception, which would be lost otherwise. */
  void guard(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException thrown) {
      found = found == null ? thrown : found;
    }
  }

  /** Throws what was found in a callback. */
  public void throwRecorded() {
    RuntimeException thrown = found;
    if (thrown != null) {
      found = null;
      throw thrown;
    }
  }
}
