package io.synod.sim;

import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.sim.Marks.Mark;
import io.synod.sim.check.Operation;
import io.synod.sim.check.Violation;
import io.synod.sim.check.Witness;
import io.synod.sim.disk.Dice;
import io.synod.state.Compare;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Lock;
import io.synod.state.Op;
import io.synod.state.Orders;
import io.synod.state.Payload;
import io.synod.state.Reply;
import io.synod.state.State;
import io.synod.state.Txn;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An application that wants a lock: asks, waits, holds for a while and writes behind its fence;
 * lets go, or forgets to. What it was told last it believes, also when its sidecar is gone.
 */
final class Holder extends Caller {
  private @Nullable Tenancy tenancy;
  private String name = "";
  private boolean asking;
  private int patience;

  Holder(Crowd crowd, Dice dice) {
    super(crowd, dice);
  }

  @Override
  void act(Host host, Node node) {
    Tenancy now = tenancy;
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
    Tenancy now = tenancy;
    if (now != null) {
      now.release();
    }
  }

  private void hold(Host host, Node node) {
    asking = true;
    name = KvOrders.lock(dice);
    Duration ttl = Duration.ofMillis(world.weather().ttlMillis);
    Payload value = Payload.of(new byte[] {(byte) host.node});
    Orders.Hold order = new Orders.Hold(name, value, ttl.toMillis(), dice.below(4) == 0);
    long sentNanos = host.clock.nanos();
    ask(
        host,
        node.open(new Draft(Entry.Kind.HOLD, "holder", "", order.encode()), patience()),
        outcome -> {
          asking = false;
          if (outcome instanceof Outcome.Applied applied) {
            crowd.told(host, applied);
            if (applied.reply().equals(new Reply.Queued(true))) {
              patience = 3 + dice.below(40);
              Tenancy begun = new Tenancy(crowd, applied.index(), ttl);
              tenancy = begun;
              begun.keep(host, node, sentNanos);
            } else {
              world.mark(Mark.HOLD_TRIED_ONCE);
            }
          }
        },
        () -> asking = false);
  }

  private void stay(Tenancy now) {
    Host home = now.home();
    Node node = home == null ? null : nodeAt(home);
    if (home == null || node == null) {
      // The stream broke: the application asks anew, and still believes what it was told.
      tenancy = null;
      return;
    }
    if (now.isOver()) {
      world.mark(Mark.HOLD_LOST);
      crowd.exclusion.given(now.session());
      tenancy = null;
      return;
    }
    State state = node.state();
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

  private void holding(Host home, Node node, Tenancy now, Lock lock) {
    Witness.Hold held = new Witness.Hold(lock.token(), now.session());
    if (!held.equals(crowd.witness().lockAt(name, node.state().index()))) {
      throw new Violation("I10", lock + " is not held so where it is said to be");
    }
    long until = now.validUntil();
    if (until > 0) {
      world.mark(Mark.LOCK_HELD);
      crowd.exclusion.holds(name, held, world.trueNow(), until);
    }
    if (dice.below(3) == 0) {
      long operation = crowd.nextOperation();
      Txn txn =
          Txn.when(
              new Compare.LockHeld(name, lock.token()),
              new Op.Put("f/" + name, Operation.payload(operation, 8), 0, 0));
      new Errand(this, Errand.Order.of(operation, Entry.Kind.KV, txn.encode()), this::fenced)
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
  private void leave(Host home, Node node, Tenancy now) {
    tenancy = null;
    now.release();
    if (dice.below(3) == 0) {
      return;
    }
    crowd.exclusion.given(now.session());
    Entry close =
        new Draft(Entry.Kind.CLOSE_SESSION, "", "", Payload.EMPTY)
            .under(home.node, new Entry.Key(now.session(), 1), 1);
    ask(
        home,
        node.propose(close, patience()),
        outcome -> {
          if (outcome instanceof Outcome.SessionUnknown) {
            crowd.witness().refused(close, outcome);
          }
        },
        () -> {});
  }
}
