package io.synod.sim.workload;

import io.synod.runtime.node.HoldUpdate;
import io.synod.runtime.node.LockHold;
import io.synod.runtime.node.LockHolds;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.Violation;
import io.synod.sim.check.client.ReferenceModel;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.HostClock;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.state.encoding.Payload;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The hold of one application: the production hold, over a stream from its sidecar. The application
 * relies on what it was last told, even if the sidecar is down.
 */
final class SimulatedHold implements LockHold.Owner {
  private final Workload workload;
  private final World world;
  private final Node node;
  private final String lock;
  private final ClientStream stream;
  private final LockHold hold;
  // The grant that was sent.
  private ReferenceModel.@Nullable LockGrant granted;
  // What the application has received.
  private boolean held;
  private boolean over;

  /** Creates a hold that has not begun. */
  SimulatedHold(Workload workload, Rng rng, Host host, Node node, LockHolds.Terms terms) {
    this.workload = workload;
    this.world = workload.world();
    this.node = node;
    this.lock = terms.command().lock();
    Payload command = terms.command().encode();
    this.stream = new ClientStream(world, rng, host, this::pump);
    this.hold = node.lockHolds().hold(terms, stream::signal);
    CompletableFuture<Void> unused =
        hold.over()
            .thenAccept(
                end ->
                    workload.guard(
                        () -> workload.giveBacks.over(command, end, workload.referenceModel())));
  }

  /** Proposes the hold; completes with the outcome of the proposal. */
  CompletableFuture<Outcome> begin() {
    hold.begin();
    return hold.opened();
  }

  private void pump() {
    hold.reportTo(this);
  }

  // ---- messages sent by the sidecar

  @Override
  public boolean isReady() {
    return stream.isReady();
  }

  @Override
  public void onUpdate(HoldUpdate update) {
    ReferenceModel.LockGrant mine = granted;
    if (update instanceof HoldUpdate.Granted now) {
      mine = workload.referenceModel().lockAt(lock, now.token());
      if (mine.token() != now.token()) {
        throw new Violation("I10", lock + " was not granted by " + now);
      }
      granted = mine;
      check(mine);
    } else if (update instanceof HoldUpdate.Renewed) {
      check(mine);
    } else if (!(update instanceof HoldUpdate.Waiting) && mine != null) {
      workload.exclusion.given(mine.session());
    }
    stream.send(() -> handle(update));
  }

  /** Checks the grant against the reference model, at the index that this node has applied. */
  private void check(ReferenceModel.@Nullable LockGrant mine) {
    long index = node.reads().state().index();
    ReferenceModel.LockGrant there = workload.referenceModel().lockAt(lock, index);
    if (!there.equals(mine)) {
      throw new Violation("I10", "at index " + index + " " + mine + " is said to hold " + lock);
    }
  }

  // ---- messages received by the application

  private void handle(HoldUpdate update) {
    if (update instanceof HoldUpdate.Waiting) {
      world.mark(CoverageMark.HOLD_WAITED);
    } else if (update instanceof HoldUpdate.Granted now) {
      world.mark(CoverageMark.LOCK_HELD);
      held = true;
      holdFor(now.validNanos());
    } else if (update instanceof HoldUpdate.Renewed now) {
      holdFor(now.validNanos());
    } else {
      if (held) {
        world.mark(CoverageMark.HOLD_LOST);
      }
      over = true;
    }
  }

  private void holdFor(long validNanos) {
    ReferenceModel.LockGrant mine = granted;
    if (mine != null && validNanos > 0) {
      HostClock clock = stream.host().clock;
      long until = clock.worldAt(clock.nanos() + validNanos);
      workload.exclusion.holds(lock, mine, world.trueNow(), until);
    }
  }

  /** Queries the sidecar's remaining validity of the hold, as another application would. */
  void question() {
    ReferenceModel.LockGrant mine = granted;
    if (mine != null && !isBroken()) {
      holdFor(node.lockHolds().validNanos(mine.session()));
    }
  }

  /**
   * The token under which the application holds the lock, as far as it was told; 0 if it does not.
   */
  long token() {
    ReferenceModel.LockGrant mine = granted;
    return held && !over && mine != null ? mine.token() : 0;
  }

  /** Whether the application was told that the hold is over. */
  boolean isOver() {
    return over;
  }

  /** Whether the sidecar's process has ended, and the hold with it. */
  boolean isBroken() {
    return stream.isBroken();
  }

  // ---- its end

  /** Stops the sidecar, which tells the application first. */
  void stop() {
    hold.stop(this);
  }

  /** The application disconnects, and its sidecar releases the hold. */
  void release() {
    stream.close();
    if (!isBroken()) {
      ReferenceModel.LockGrant mine = granted;
      if (mine != null) {
        workload.exclusion.given(mine.session());
      }
      hold.release();
    }
  }
}
