package io.synod.runtime;

import io.synod.paxos.Input;
import io.synod.paxos.Self;
import io.synod.paxos.View;
import java.util.List;
import java.util.random.RandomGenerator;

/** A node as production builds it, but for the loop: whoever holds this turns it. */
public final class Turned {
  private final Cycle cycle;
  private final Node node;

  /** What a node is told at birth. */
  public record Birth(Self self, Engine.Tuning tuning, RandomGenerator random) {}

  /** Recovers from the journal of {@code ports}. Callers' futures complete within the turn. */
  public Turned(Birth birth, Ports ports, Mailbox mailbox) {
    Engine engine = new Engine(birth.self(), birth.tuning(), ports, Runnable::run, birth.random());
    this.cycle = engine.cycle();
    this.node = engine.node(mailbox);
  }

  /** Turns the cycle once. */
  public long turn(List<Input> inputs) {
    return cycle.turn(inputs);
  }

  /** What callers see. */
  public Node node() {
    return node;
  }

  /** What the replica believes. */
  public View view() {
    return cycle.view();
  }

  /** The last applied slot. */
  public long appliedSlot() {
    return cycle.state().slot();
  }

  /** Digest of the replicated state. */
  public long stateDigest() {
    return cycle.state().mark().digest();
  }
}
