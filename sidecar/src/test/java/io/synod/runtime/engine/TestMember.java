package io.synod.runtime.engine;

import io.synod.paxos.Self;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.runtime.node.Node;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.Mailbox;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Observer;
import io.synod.runtime.port.Peers;
import io.synod.sim.check.core.Invariants;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;

/** One process of an in-memory cluster: the production node, turned by the test. */
final class TestMember implements Peers, Mailbox, Observer {
  private final Self self;
  private final Surroundings around;
  private final MemoryJournal disk;
  private final Clock clock;
  private final Engine engine;
  private final Node services;
  private final List<Event> events = new ArrayList<>();
  private List<Input> mailbox = new ArrayList<>();
  private long formation;
  private long wakeAtNanos = Long.MIN_VALUE;
  private boolean awake;
  private int turns;
  private int requiredLevel;

  /** The environment of a process. */
  record Surroundings(
      TestClock clock, TestNetwork network, Invariants invariants, ClusterListener listener) {}

  /**
   * The parameters of a process.
   *
   * @param background runs the background tasks
   */
  record Start(Engine.Tuning tuning, MemoryJournal disk, Executor background, long seed) {}

  TestMember(Self self, Start start, Surroundings around) {
    this.self = self;
    this.around = around;
    this.disk = start.disk;
    this.clock = around.clock.of(self.node());
    around.network.connect(self.node(), start.tuning.supportedLevel());
    this.engine =
        new Engine(
            self,
            start.tuning,
            new NodePorts(
                around.invariants.begins(self.node(), self.incarnation(), disk),
                this,
                clock,
                this,
                this),
            new Engine.Workers(Runnable::run, start.background),
            new SplittableRandom(start.seed));
    this.services = engine.node();
  }

  Node services() {
    return services;
  }

  Cycle cycle() {
    return engine.cycle();
  }

  /** How many turns it has made. */
  int turns() {
    return turns;
  }

  @Override
  public boolean send(int to, Message message) {
    DirectedLink link = new DirectedLink(self.node(), to);
    around.invariants.onSent(self.node(), to, message);
    Input.Received received =
        new Input.Received(self.node(), self.incarnation(), formation, message);
    around.listener.sent(link, message, around.network.send(link, received));
    return true;
  }

  @Override
  public void formed(Formation formed) {
    formation = formed.digest();
  }

  /** The level that peers must support. */
  int requiredLevel() {
    return requiredLevel;
  }

  @Override
  public void requireLevel(int level) {
    requiredLevel = level;
  }

  @Override
  public int supportedLevel(int peer) {
    return around.network.supportedLevel(peer);
  }

  @Override
  public void observe(Observation observation) {
    if (observation instanceof Observation.Occurred occurred) {
      events.add(occurred.event());
      around.listener.happened(self.node(), occurred.event());
    } else if (observation instanceof Observation.SnapshotInstalled installed) {
      around.listener.installed(self.node(), installed.mark());
    }
  }

  @Override
  public boolean offer(Input input) {
    mailbox.add(input);
    return true;
  }

  @Override
  public void wake() {
    awake = true;
  }

  /** Receives the messages that have arrived by now. */
  void receive() {
    mailbox.addAll(around.network.arrived(self.node()));
  }

  /** Turns if there is a reason to, and checks the invariants. */
  boolean turn() {
    if (mailbox.isEmpty() && !awake && clock.nanos() < wakeAtNanos) {
      return false;
    }
    awake = false;
    turns++;
    List<Input> inputs = mailbox;
    mailbox = new ArrayList<>();
    wakeAtNanos = engine.cycle().turn(inputs);
    for (Event event : events) {
      around.invariants.happened(self.node(), event);
    }
    events.clear();
    around.invariants.turned(
        self.node(),
        engine.cycle().isStalled() ? null : engine.cycle().nodeView().view(),
        engine.cycle().state(),
        disk.archivedThrough());
    return true;
  }
}
