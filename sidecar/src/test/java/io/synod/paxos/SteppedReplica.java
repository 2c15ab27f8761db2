package io.synod.paxos;

import io.synod.paxos.value.ArchivedState;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Origin;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Output.Envelope;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A replica that a test steps by hand, as node 1 of three or more. Its peers are 2, 3 and so on.
 */
final class SteppedReplica {
  static final long MILLIS = 1_000_000;

  /** A clock that stands still, and no log time. */
  static final Message.Times TIMES = new Message.Times(1, Message.Times.UNKNOWN);

  static final Formation THREE = new Formation(new TreeMap<>(Map.of(1, 11L, 2, 12L, 3, 13L)));

  private final Formation formation;
  private final Replica replica;
  private long nowNanos = 10_000 * MILLIS;
  private long heartbeatId;

  SteppedReplica() {
    this(Settings.defaults());
  }

  SteppedReplica(Settings settings) {
    this(new Recovered(ballot(3, 1), 0, 0, List.of(), 0, THREE, true, Origin.EMPTY), settings);
  }

  SteppedReplica(Recovered recovered) {
    this(recovered, Settings.defaults());
  }

  SteppedReplica(Recovered recovered, Settings settings) {
    this(recovered, settings, THREE);
  }

  private SteppedReplica(Recovered recovered, Settings settings, Formation formation) {
    this.formation = formation;
    TreeSet<Integer> voters = new TreeSet<>(formation.voters().keySet());
    Self self = new Self(1, 11, 0, voters, new TreeSet<>(voters.tailSet(2)));
    replica = new Replica(self, settings, new SplittableRandom(1), recovered, ArchivedState.NONE);
    tick();
  }

  /** Creates node 1 of this many voters. */
  static SteppedReplica of(int voters) {
    TreeMap<Integer, Long> disks = new TreeMap<>();
    for (int node = 1; node <= voters; node++) {
      disks.put(node, 10L + node);
    }
    Formation formation = new Formation(disks);
    Recovered recovered =
        new Recovered(ballot(3, 1), 0, 0, List.of(), 0, formation, true, Origin.EMPTY);
    return new SteppedReplica(recovered, Settings.defaults(), formation);
  }

  /** The time of its monotonic clock. */
  long now() {
    return nowNanos;
  }

  /** A ballot of this round that {@code node} owns. */
  static Ballot ballot(long round, int node) {
    return new Ballot(round, 0, node, 10 + node);
  }

  static Batch batch(String text) {
    return Batch.of(1, List.of(Command.of(text.getBytes(StandardCharsets.UTF_8))));
  }

  static Proposal proposal(long slot, Ballot ballot, String text) {
    return new Proposal(slot, ballot, batch(text));
  }

  Output receive(int from, Message... messages) {
    for (Message message : messages) {
      replica.step(nowNanos, new Input.Received(from, 10 + from, formation.digest(), message));
    }
    return replica.drain(nowNanos);
  }

  /** Receives a message from a node with this incarnation. */
  Output hearOf(long incarnation, int from, Message message) {
    replica.step(nowNanos, new Input.Received(from, incarnation, formation.digest(), message));
    return replica.drain(nowNanos);
  }

  Output propose(String text) {
    return propose(List.of(Command.of(text.getBytes(StandardCharsets.UTF_8))));
  }

  Output propose(List<Command> commands) {
    replica.step(nowNanos, new Input.Propose(commands));
    return replica.drain(nowNanos);
  }

  Output handOver(int to) {
    replica.step(nowNanos, new Input.HandOver(to));
    return replica.drain(nowNanos);
  }

  /** Reports the fate of a message, as the transport does. */
  Output reportTransport(Input input) {
    replica.step(nowNanos, input);
    return replica.drain(nowNanos);
  }

  Output install(long slot, long commands) {
    replica.step(nowNanos, new Input.Installed(slot, commands, 77, null));
    return replica.drain(nowNanos);
  }

  Output tick() {
    replica.step(nowNanos, new Input.Tick(1, 0));
    return replica.drain(nowNanos);
  }

  /** Lets time pass while both peers answer heartbeats, until this node stands for election. */
  Ballot stand() {
    for (int i = 0; i < 100; i++) {
      nowNanos += 50 * MILLIS;
      Output output = tick();
      for (Envelope envelope : output.messagesAfterSync()) {
        if (envelope.message() instanceof Message.Prepare prepare) {
          return prepare.ballot();
        }
      }
      answerHeartbeats(output);
    }
    throw new AssertionError("it never stood for election");
  }

  /** Lets {@code millis} pass without a turn. */
  void pass(long millis) {
    nowNanos += millis * MILLIS;
  }

  /** Lets {@code millis} pass without a message, and takes a turn. */
  Output silence(long millis) {
    nowNanos += millis * MILLIS;
    return tick();
  }

  void answerHeartbeats(Output output) {
    answerHeartbeats(output, Ballot.NONE);
  }

  /** Answers heartbeats for all peers, which follow this leader. */
  void answerHeartbeats(Output output, Ballot followed) {
    answerHeartbeats(output, followed, formation.voters().size());
  }

  /**
   * Answers heartbeats: the first {@code following} voters, including this node, follow this
   * leader, the others another one.
   */
  void answerHeartbeats(Output output, Ballot followed, int following) {
    for (Envelope sent : output.messages()) {
      if (sent.message() instanceof Message.Heartbeat heartbeat) {
        heartbeatId = heartbeat.id();
        Ballot leader = sent.to() <= following ? followed : ballot(2, sent.to());
        receive(
            sent.to(),
            new Message.HeartbeatAck(
                heartbeatId, leader, false, true, 0, 0, 0, TIMES, false, List.of()));
      }
    }
  }

  /** Receives promises from itself and node 2 that they accepted nothing. */
  Output elect(Ballot ballot) {
    Message promise = new Message.Promise(ballot, 1, List.of(), Long.MAX_VALUE, 0, 0);
    receive(1, promise);
    return receive(2, promise);
  }

  static <M extends Message> List<M> ofType(List<Envelope> envelopes, Class<M> type) {
    List<M> messages = new ArrayList<>();
    for (Envelope envelope : envelopes) {
      if (type.isInstance(envelope.message())) {
        messages.add(type.cast(envelope.message()));
      }
    }
    return messages;
  }

  View view() {
    return replica.view(nowNanos);
  }
}
