package io.synod.sim.fault;

import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A scenario that injected faults make likely, which chance rarely produces. A leader is deposed
 * without learning it, as is one follower that goes on voting for it. The leader then learns what
 * was chosen meanwhile, right after that follower accepted a different value. The scenario drops
 * messages, makes a voter stand for election, and sends an unrequested page of chosen slots. Safety
 * must not depend on any of these.
 */
final class Deposition {
  private final World world;
  private final Ballot deposed;
  private final int partner;
  private final int rival;
  private final TreeSet<Long> accepted = new TreeSet<>();
  private final long end;
  private boolean begun;

  private Deposition(World world, Ballot deposed, int partner, int rival) {
    this.world = world;
    this.deposed = deposed;
    this.partner = partner;
    this.rival = rival;
    this.end = world.now() + 2 * world.profile().settings.electionTimeoutNanos();
  }

  /**
   * Creates a scenario against {@code host}, if it leads and the voters without it and a partner
   * are a quorum.
   */
  static @Nullable Deposition against(World world, Host host, Rng rng) {
    int voters = world.profile().voters;
    View view = view(host);
    if (view == null || view.role() != View.Role.LEADER || voters < 5) {
      return null;
    }
    int partner = (host.node + rng.below(voters - 1)) % voters + 1;
    int rival = partner;
    while (rival == partner || rival == host.node) {
      rival = 1 + rng.below(voters);
    }
    return new Deposition(world, view.leader(), partner, rival);
  }

  private static @Nullable View view(Host host) {
    SimulatedProcess process = host.process();
    return process == null ? null : process.node().view();
  }

  /** Whether the leader no longer leads, or the time of the scenario is over. */
  boolean isOver() {
    View view = view(world.host(deposed.node()));
    return world.now() > end
        || view == null
        || view.role() != View.Role.LEADER
        || !view.leader().equals(deposed);
  }

  /** A process sent a message. */
  void onSent(int from, Message message) {
    if (from == partner
        && message instanceof Message.Accepted sent
        && sent.ballot().equals(deposed)) {
      LongStream.rangeClosed(sent.from(), sent.to()).forEach(accepted::add);
    }
  }

  /** Replaces the inputs of a turn. */
  List<Input> replaceInputs(Host host, SimulatedProcess process, List<Input> inputs) {
    if (isOver()) {
      return inputs;
    }
    List<Input> replaced = new ArrayList<>(inputs);
    Message sent = null;
    if (host.node == deposed.node() || host.node == partner) {
      replaced.removeIf(input -> input instanceof Input.Received received && loses(host, received));
      sent = host.node == partner ? null : isNew();
    } else if (host.node == rival && !begun) {
      begun = true;
      sent = new Message.TakeOver(deposed, Long.MAX_VALUE - 1);
    }
    if (sent != null) {
      int from = host.node == rival ? deposed.node() : rival;
      long incarnation = world.host(from).observedNode.incarnation();
      replaced.add(new Input.Received(from, incarnation, process.formation(), sent));
    }
    return replaced;
  }

  private boolean loses(Host host, Input.Received received) {
    Message message = received.message();
    boolean loses =
        message instanceof Message.Learned
            || message instanceof Message.Reject
            || ballot(message).above(deposed);
    if (loses) {
      world.network().disturbed(received.from(), host.node, world.now());
    }
    return loses;
  }

  private static Ballot ballot(Message message) {
    if (message instanceof Message.Prepare prepare) {
      return prepare.ballot();
    } else if (message instanceof Message.Accept accept) {
      return accept.ballot();
    } else if (message instanceof Message.Chosen chosen) {
      return chosen.ballot();
    }
    return message instanceof Message.Heartbeat heartbeat ? heartbeat.leader() : Ballot.NONE;
  }

  /**
   * A page of slots that the rival knows to be chosen, once the partner accepted another value in
   * one of them; null before.
   */
  private @Nullable Message isNew() {
    View leading = view(world.host(deposed.node()));
    View knowing = view(world.host(rival));
    if (leading == null || knowing == null) {
      return null;
    }
    long from = leading.chosenThrough() + 1;
    long through = knowing.chosenThrough();
    List<Proposal> chosen = new ArrayList<>();
    boolean differs = false;
    for (long slot = from; slot <= through; slot++) {
      Proposal proposal = Objects.requireNonNull(world.checkers().chosenLog().chosen(slot));
      differs |= proposal.ballot().above(deposed) && accepted.contains(slot);
      chosen.add(proposal);
    }
    return differs ? new Message.Learned(from, chosen, through) : null;
  }
}
