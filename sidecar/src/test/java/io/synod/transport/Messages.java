package io.synod.transport;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Origin;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Vote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** Random valid messages, reproducible from a seed. */
final class Messages {
  private final Random random;
  private final List<Supplier<Message>> kinds =
      List.of(
          this::greeting,
          () ->
              new Message.Heartbeat(
                  id(), someLeader(), false, flip(), through(), through(), nodes()),
          () -> new Message.Heartbeat(id(), ballot(), true, flip(), through(), through(), nodes()),
          () ->
              new Message.HeartbeatAck(
                  id(),
                  someLeader(),
                  false,
                  flip(),
                  through(),
                  through(),
                  through(),
                  new Message.Times(through(), through()),
                  flip(),
                  nodes()),
          () -> new Message.Prepare(ballot(), slot()),
          this::promise,
          () -> new Message.Accept(ballot(), slot(), batch(), through()),
          this::accepted,
          () -> new Message.Reject(ballot(), ballot()),
          () -> new Message.Chosen(ballot(), through()),
          () -> new Message.LearnRequest(slot()),
          this::learned,
          () -> new Message.Forward(commands(1), hops()),
          () -> new Message.ReadAsk(node(), id(), hops()),
          () -> new Message.ReadAnswer(node(), id(), through()),
          () -> new Message.ReadProbe(ballot(), id()),
          () -> new Message.ReadProbeAck(ballot(), id()),
          () -> new Message.TakeOver(ballot(), through()),
          () -> new Message.StateDigest(slot(), id(), through(), id()),
          () -> new Message.VoteAsk(id(), slot()),
          this::voteAnswer,
          this::trimmed,
          this::snapshotAsk,
          () -> Message.SnapshotPage.none(id()),
          this::snapshotPage);

  Messages(long seed) {
    this.random = new Random(seed);
  }

  /** One of every kind. */
  List<Message> oneOfEach() {
    return kinds.stream().map(Supplier::get).toList();
  }

  Message next() {
    return kinds.get(random.nextInt(kinds.size())).get();
  }

  Input.Received received() {
    return new Input.Received(node(), incarnation(), random.nextLong(), next());
  }

  private List<Integer> nodes() {
    List<Integer> nodes = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      nodes.add(node());
    }
    return nodes;
  }

  private Message greeting() {
    Map<Integer, Long> voters = new HashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      voters.put(node(), incarnation());
    }
    Origin origin =
        flip() ? Origin.EMPTY : new Origin(slot(), random.nextLong(), random.nextLong() | 1);
    return new Message.Greeting(
        incarnation(),
        origin,
        voters.isEmpty() ? null : new Formation(voters, origin),
        !voters.isEmpty() && flip());
  }

  private Message promise() {
    long from = slot();
    List<Proposal> accepted = new ArrayList<>();
    long slot = from - 1;
    for (int i = random.nextInt(5); i > 0; i--) {
      slot += 1 + random.nextInt(3);
      accepted.add(new Proposal(slot, ballot(), batch()));
    }
    long complete = flip() ? Long.MAX_VALUE : slot;
    return new Message.Promise(ballot(), from, accepted, complete, through(), through());
  }

  private Message accepted() {
    long from = slot();
    return new Message.Accepted(ballot(), from, from + random.nextInt(64));
  }

  private Message learned() {
    long from = slot();
    List<Proposal> chosen = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      chosen.add(new Proposal(from + chosen.size(), ballot(), batch()));
    }
    return new Message.Learned(from, chosen, through());
  }

  private Message trimmed() {
    long from = slot();
    return new Message.Trimmed(from, from + random.nextInt(1_000));
  }

  private Message snapshotAsk() {
    String consumer = flip() ? "" : "ledger/€" + random.nextInt(100);
    return new Message.SnapshotAsk(
        id(), consumer, through(), flip() ? Bytes.EMPTY : bytes(32), through());
  }

  private Message snapshotPage() {
    SnapshotMark mark = new SnapshotMark(slot(), through(), slot(), random.nextLong());
    long offset = through() / 4;
    Bytes bytes = bytes(random.nextInt(200));
    long total = offset + bytes.size() + (bytes.isEmpty() ? 0 : random.nextInt(1_000));
    return new Message.SnapshotPage(id(), mark, total, bytes(32), offset, bytes);
  }

  private Bytes bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Bytes.of(bytes);
  }

  private Message voteAnswer() {
    List<Vote> votes = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      int bytes = random.nextInt(1 << 20);
      votes.add(new Vote(ballot(), flip(), random.nextInt(), bytes, random.nextInt(99), slot()));
    }
    return new Message.VoteAnswer(id(), slot(), votes, through());
  }

  private Batch batch() {
    return Batch.of(random.nextLong(1L << 42), commands(0));
  }

  private List<Command> commands(int min) {
    List<Command> commands = new ArrayList<>();
    for (int i = min + random.nextInt(4); i > 0; i--) {
      byte[] bytes = new byte[random.nextInt(random.nextInt(20) == 0 ? 5000 : 40)];
      random.nextBytes(bytes);
      commands.add(Command.of(bytes));
    }
    return commands;
  }

  private Ballot someLeader() {
    return flip() ? Ballot.NONE : ballot();
  }

  private Ballot ballot() {
    return new Ballot(slot(), random.nextInt(5) - 2, node(), incarnation());
  }

  /** From 1 to beyond 32 bits, all sizes alike. */
  private long slot() {
    return 1 + (random.nextLong() >>> (2 + random.nextInt(61)));
  }

  private long through() {
    return slot() - 1;
  }

  private int node() {
    return 1 + random.nextInt(random.nextInt(9) == 0 ? Integer.MAX_VALUE : 7);
  }

  private int hops() {
    return random.nextInt(4);
  }

  private long id() {
    return random.nextLong();
  }

  private long incarnation() {
    return random.nextLong() | 1;
  }

  private boolean flip() {
    return random.nextBoolean();
  }
}
