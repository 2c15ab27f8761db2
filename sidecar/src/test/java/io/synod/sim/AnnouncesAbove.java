package io.synod.sim;

import io.synod.paxos.Ballot;
import io.synod.paxos.Event;
import io.synod.paxos.Input;
import io.synod.paxos.Message;
import io.synod.paxos.Output.Envelope;
import io.synod.runtime.Observer;
import io.synod.runtime.Ports;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A leader that learns that slots were chosen above its ballot still announces them in the name of
 * its own.
 *
 * <p>That does harm only if it was deposed unheard and one follower with it, which chance brings
 * about too seldom. So an ambush helps, by nothing but loss: when one of five hands over, it and
 * one follower hear no higher ballot, and learn nothing until it has proposed once more. The losses
 * alone broke nothing in 600 seeds.
 */
final class AnnouncesAbove implements Mutant {
  private static final int VOTERS = 5;

  private @Nullable Ambush ambush;

  /** The leader that hands over, and the voter that stays with it. */
  private static final class Ambush {
    private final int leader;
    private final int partner;
    private final Message.TakeOver asked;
    private boolean proposed;

    private Ambush(int leader, int partner, Message.TakeOver asked) {
      this.leader = leader;
      this.partner = partner;
      this.asked = asked;
    }

    private boolean loses(int node, Message message) {
      if (message instanceof Message.Learned) {
        return node == partner || !proposed;
      }
      return message instanceof Message.Reject || ballot(message).above(asked.ballot());
    }

    private static Ballot ballot(Message message) {
      if (message instanceof Message.Prepare prepare) {
        return prepare.ballot();
      } else if (message instanceof Message.Accept accept) {
        return accept.ballot();
      } else if (message instanceof Message.Chosen chosen) {
        return chosen.ballot();
      }
      return message instanceof Message.Heartbeat beat ? beat.leader() : Ballot.NONE;
    }
  }

  @Override
  public Message said(World world, Host host, Envelope said) {
    Ambush now = ambush;
    if (now == null && said.message() instanceof Message.TakeOver asked) {
      if (world.weather().voters == VOTERS) {
        ambush = new Ambush(host.node, partner(host.node, said.to()), asked);
      }
    } else if (now != null
        && said.message() instanceof Message.Accept accept
        && accept.ballot().equals(now.asked.ballot())
        && accept.slot() > now.asked.through()
        && said.to() == now.partner) {
      now.proposed = true;
    }
    return said.message();
  }

  private static int partner(int leader, int heir) {
    int partner = 1;
    while (partner == leader || partner == heir) {
      partner++;
    }
    return partner;
  }

  @Override
  public List<Input> inputs(World world, Host host, List<Input> inputs) {
    Ambush now = ambush;
    boolean caught = now != null && (host.node == now.leader || host.node == now.partner);
    if (now == null || !caught || world.isCalm()) {
      return inputs;
    }
    return inputs.stream()
        .filter(
            input ->
                !(input instanceof Input.Received received)
                    || !now.loses(host.node, received.message()))
        .toList();
  }

  @Override
  public Ports ports(Ports ports, World world, Host host) {
    return new Ports(
        ports.journal(), ports.peers(), ports.clock(), new Announcer(ports, world, host));
  }

  /** Says what the guard forbids, when it strikes. */
  private static final class Announcer implements Observer {
    private final Ports ports;
    private final World world;
    private final Host host;
    private long learned;

    private Announcer(Ports ports, World world, Host host) {
      this.ports = ports;
      this.world = world;
      this.host = host;
    }

    @Override
    public void event(Event event) {
      ports.observer().event(event);
      if (event instanceof Event.Learned slot) {
        learned = slot.slot();
      } else if (event instanceof Event.SteppedDown down
          && down.led()
          && down.reason().startsWith("slots were chosen")) {
        announce(down.ballot());
      }
    }

    private void announce(Ballot ballot) {
      for (Host other : world.hosts()) {
        if (other != host) {
          ports.peers().send(other.node, new Message.Chosen(ballot, learned));
        }
      }
    }
  }
}
