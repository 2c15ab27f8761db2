package io.synod.sim.workload;

import io.synod.runtime.node.LockHolds;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.client.SubmittedCommand;
import io.synod.sim.cluster.Host;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.state.command.Compare;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Reply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An application that acquires a lock, holds it for a while, writes guarded by its fencing token,
 * and releases it. It moves to another sidecar when its own is down.
 */
final class LockClient extends SimulatedClient {
  private static final int STOP_ONE_IN = 60;

  private @Nullable SimulatedHold hold;
  private String name = "";
  private int patience;

  LockClient(Workload workload, Rng rng) {
    super(workload, rng);
  }

  @Override
  protected void act(Host host, Node node) {
    SimulatedHold now = hold;
    if (now == null) {
      hold(host, node);
    } else {
      stay(host, node, now);
    }
    pause();
  }

  @Override
  void retire() {
    SimulatedHold now = hold;
    if (now != null) {
      hold = null;
      now.release();
    }
  }

  private void hold(Host host, Node node) {
    name = KvOperations.lock(rng);
    long ttlMillis = world.profile().ttlMillis;
    boolean once = rng.below(4) == 0;
    boolean waits = !once && rng.below(3) == 0;
    Duration queued = waits ? Duration.ofMillis(rng.between(1, 2 * ttlMillis)) : null;
    // Every command is unique.
    Payload value = SubmittedCommand.payload(workload.nextOperation(), 8);
    SystemCommands.Hold command = new SystemCommands.Hold(name, value, ttlMillis, once);
    patience = 3 + rng.below(40);
    call(
        host,
        answered -> {
          LockHolds.Terms terms = new LockHolds.Terms(command, queued, answered);
          SimulatedHold begun = new SimulatedHold(workload, rng.fork(), host, node, terms);
          hold = begun;
          return begun.begin();
        },
        outcome -> opened(host, outcome),
        () -> {});
  }

  private void opened(Host host, Outcome outcome) {
    if (outcome instanceof Outcome.Applied applied) {
      workload.onApplied(host, applied);
      if (!applied.reply().equals(new Reply.Queued(true))) {
        world.mark(CoverageMark.HOLD_TRIED_ONCE);
      }
    }
  }

  private void stay(Host host, Node node, SimulatedHold now) {
    if (now.isBroken() || now.isOver()) {
      // It requests the lock again, and still relies on what it was last told.
      hold = null;
      return;
    }
    now.question();
    if (now.token() != 0 && rng.below(3) == 0) {
      write(host, node, now.token());
    }
    if (--patience < 0) {
      hold = null;
      now.release();
    } else if (rng.below(STOP_ONE_IN) == 0) {
      hold = null;
      now.stop();
    }
  }

  private void write(Host host, Node node, long token) {
    long operation = workload.nextOperation();
    Txn txn =
        Txn.when(
            new Compare.LockHeld(name, token),
            new Op.Put("f/" + name, SubmittedCommand.payload(operation, 8), 0, 0));
    new Operation(this, Operation.Order.of(operation, Entry.Kind.KV, txn.encode()), this::fenced)
        .begin(host, node);
  }

  private void fenced(@Nullable Outcome outcome) {
    if (outcome instanceof Outcome.Applied applied
        && applied.reply() instanceof Reply.Done done
        && !done.succeeded()) {
      world.mark(CoverageMark.FENCE_HELD);
    }
  }
}
