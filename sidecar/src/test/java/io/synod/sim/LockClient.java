package io.synod.sim;

import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.sim.CoverageMarks.Mark;
import io.synod.sim.check.ReferenceModel;
import io.synod.sim.check.SubmittedCommand;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.Rng;
import io.synod.state.Compare;
import io.synod.state.Entry;
import io.synod.state.Lock;
import io.synod.state.NewEntry;
import io.synod.state.Op;
import io.synod.state.Payload;
import io.synod.state.Reply;
import io.synod.state.State;
import io.synod.state.SystemCommands;
import io.synod.state.Txn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An application that wants a lock: asks, waits, holds for a while and writes behind its fence;
 * lets go, or forgets to. What it was told last it believes, also when its sidecar is gone.
 */
final class LockClient extends SimulatedClient {
  private @Nullable SessionClient sessionClient;
  private String name = "";
  private boolean asking;
  private int patience;

  LockClient(Workload workload, Rng rng) {
    super(workload, rng);
  }

  @Override
  void act(Host host, Node node) {
    SessionClient now = sessionClient;
    if (now == null) {
      if (!asking) {
        hold(host, node);
      }
    } else {
      stay(now);
    }
    pause();
  }

  @Override
  void retire() {
    SessionClient now = sessionClient;
    if (now != null) {
      now.release();
    }
  }

  private void hold(Host host, Node node) {
    asking = true;
    name = KvOperations.lock(rng);
    Duration ttl = Duration.ofMillis(world.profile().ttlMillis);
    Payload value = Payload.of(new byte[] {(byte) host.node});
    SystemCommands.Hold order =
        new SystemCommands.Hold(name, value, ttl.toMillis(), rng.below(4) == 0);
    long sentNanos = host.clock.nanos();
    ask(
        host,
        node.proposer()
            .open(new NewEntry(Entry.Kind.HOLD, "holder", "", order.encode()), patience()),
        outcome -> {
          asking = false;
          if (outcome instanceof Outcome.Applied applied) {
            workload.told(host, applied);
            if (applied.reply().equals(new Reply.Queued(true))) {
              patience = 3 + rng.below(40);
              SessionClient begun = new SessionClient(workload, applied.index(), ttl);
              sessionClient = begun;
              begun.keep(host, node, sentNanos);
            } else {
              world.mark(Mark.HOLD_TRIED_ONCE);
            }
          }
        },
        () -> asking = false);
  }

  private void stay(SessionClient now) {
    Host home = now.home();
    Node node = home == null ? null : nodeAt(home);
    if (home == null || node == null) {
      // The stream broke: the application asks anew, and still believes what it was told.
      sessionClient = null;
      return;
    }
    if (now.isOver()) {
      world.mark(Mark.HOLD_LOST);
      workload.exclusion.given(now.session());
      sessionClient = null;
      return;
    }
    State state = node.reads().state();
    Lock lock = state.lock(name);
    if (lock != null && lock.holder().session() == now.session()) {
      holding(home, node, now, lock);
    } else if (lock != null && lock.position(now.session()) > 0) {
      world.mark(Mark.HOLD_WAITED);
    }
    if (--patience < 0) {
      leave(home, node, now);
    }
  }

  private void holding(Host home, Node node, SessionClient now, Lock lock) {
    ReferenceModel.Hold held = new ReferenceModel.Hold(lock.token(), now.session());
    if (!held.equals(workload.referenceModel().lockAt(name, node.reads().state().index()))) {
      throw new Violation("I10", lock + " is not held so where it is said to be");
    }
    long until = now.validUntil();
    if (until > 0) {
      world.mark(Mark.LOCK_HELD);
      workload.exclusion.holds(name, held, world.trueNow(), until);
    }
    if (rng.below(3) == 0) {
      long operation = workload.nextOperation();
      Txn txn =
          Txn.when(
              new Compare.LockHeld(name, lock.token()),
              new Op.Put("f/" + name, SubmittedCommand.payload(operation, 8), 0, 0));
      new Operation(this, Operation.Order.of(operation, Entry.Kind.KV, txn.encode()), this::fenced)
          .begin(home, node);
    }
  }

  private void fenced(@Nullable Outcome outcome) {
    if (outcome instanceof Outcome.Applied applied
        && applied.reply() instanceof Reply.Done done
        && !done.succeeded()) {
      world.mark(Mark.FENCE_HELD);
    }
  }

  /** Gives it back, or walks away. */
  private void leave(Host home, Node node, SessionClient now) {
    sessionClient = null;
    now.release();
    if (rng.below(3) == 0) {
      return;
    }
    workload.exclusion.given(now.session());
    Entry close =
        new NewEntry(Entry.Kind.CLOSE_SESSION, "", "", Payload.EMPTY)
            .under(home.node, new Entry.Key(now.session(), 1), 1);
    ask(
        home,
        node.proposer().propose(close, patience()),
        outcome -> {
          if (outcome instanceof Outcome.SessionUnknown) {
            workload.referenceModel().refused(close, outcome);
          }
        },
        () -> {});
  }
}
