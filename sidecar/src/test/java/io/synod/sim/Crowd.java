package io.synod.sim;

import io.synod.sim.check.AtMostOnce;
import io.synod.sim.check.HonestOutcome;
import io.synod.sim.check.Linearizable;
import io.synod.sim.check.WatchOrder;
import io.synod.sim.disk.Dice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The callers of one world, and what they know together. */
final class Crowd {
  private final World world;
  private final Dice dice;
  private final List<Client> clients = new ArrayList<>();
  final Linearizable linearizable = new Linearizable();
  final AtMostOnce once = new AtMostOnce();
  final HonestOutcome honest = new HonestOutcome();
  final WatchOrder watches;
  private long operations;
  private boolean resting;
  private @Nullable RuntimeException found;

  Crowd(World world, Dice dice) {
    this.world = world;
    this.dice = dice;
    this.watches = new WatchOrder(world.court().ghost(), once);
  }

  void begin() {
    for (int i = 0; i < world.weather().clients; i++) {
      Client client = new Client(world, this, dice.fork());
      clients.add(client);
      world.agenda().in(dice.between(0, 1_000_000_000L), client::step);
    }
  }

  /** No operation begins any more; those under way go on. */
  void rest() {
    resting = true;
  }

  boolean isResting() {
    return resting;
  }

  /** Whether nobody waits for anything. */
  boolean isIdle() {
    for (Client client : clients) {
      if (!client.isIdle()) {
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
    for (Client client : clients) {
      client.lost(host);
    }
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
