package io.synod.backup.recovery;

import io.synod.main.InProcess;
import io.synod.paxos.Settings;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.StreamWriter;
import io.synod.runtime.snapshot.LogReplay;
import io.synod.state.State;
import io.synod.state.StateWriter;
import io.synod.state.apply.Machine;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.journal.StorageSettings;
import io.synod.storage.sealed.SealedStream;
import io.synod.storage.tail.SampleWrites;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The data directories of a cluster, as its sidecars leave them when they stop at different points.
 * Every slot has two commands that put keys, except the first, which opens the session of all.
 */
final class SampleSurvivors implements AutoCloseable {
  static final String CLUSTER = "town";
  static final long ROUND = 4;

  private final Path parent;
  private final String peers;
  private final Formation formation;
  private final Map<Integer, DataDirectory> opened = new TreeMap<>();
  private final Machine machine = new Machine();

  /** A cluster that has formed and chosen nothing. */
  SampleSurvivors(Path parent, int voters) {
    this.parent = parent;
    this.peers =
        IntStream.rangeClosed(1, voters)
            .mapToObj(node -> node + "=127.0.0.1:" + (7500 + node))
            .collect(Collectors.joining(","));
    Map<Integer, Long> incarnations = new TreeMap<>();
    for (int node = 1; node <= voters; node++) {
      DataDirectory data = open(node);
      opened.put(node, data);
      incarnations.put(node, data.incarnation());
    }
    this.formation = new Formation(incarnations);
    opened.keySet().forEach(this::form);
  }

  private DataDirectory open(int node) {
    long cluster =
        InProcess.cluster("--cluster", CLUSTER, "--node", "1", "--data", "x", "--peers", peers);
    return DataDirectory.open(
        path(node), cluster, node, new StorageSettings(64 * 1024), SampleWrites.clock());
  }

  private void form(int node) {
    write(
        node,
        new Write.Promised(SampleWrites.ballot(ROUND)),
        new Write.Agreed(formation),
        new Write.Formed());
  }

  /** The directory of a node that was started once, and not formed. */
  static Path unformed(Path directory) {
    DataDirectory.open(directory, 0xC0FFEE, 1, new StorageSettings(64 * 1024), SampleWrites.clock())
        .close();
    return directory;
  }

  /** Adds a node without a vote. */
  void addLearner(int node) {
    opened.put(node, open(node));
    form(node);
  }

  String peers() {
    return peers;
  }

  Path path(int node) {
    return parent.resolve("node-" + node);
  }

  /** The state after the slots that are chosen. */
  State state() {
    return machine.state();
  }

  /** The state after further slots. */
  State stateAfter(Proposal... further) {
    Machine later = new Machine(machine.state());
    for (Proposal proposal : further) {
      var unused = LogReplay.apply(later, proposal, Settings.MEMBERSHIP_DISTANCE);
    }
    return later.state();
  }

  /** Chooses slots, which these nodes apply. */
  void choose(int slots, int bytes, int... nodes) {
    for (int i = 0; i < slots; i++) {
      long slot = machine.appliedSlot() + 1;
      choose(proposal(slot, ROUND, "x".repeat(bytes)), nodes);
    }
  }

  /** Chooses a command of the application. */
  void propose(String text, int... nodes) {
    choose(Entry.Kind.COMMAND, Payload.of(text.getBytes(StandardCharsets.UTF_8)), nodes);
  }

  private void choose(Entry.Kind kind, Payload payload, int... nodes) {
    long slot = machine.appliedSlot() + 1;
    Batch batch = Batch.of(slot * 1000, List.of(command(kind, 2 * slot, payload)));
    choose(new Proposal(slot, SampleWrites.ballot(ROUND), batch), nodes);
  }

  private void choose(Proposal proposal, int... nodes) {
    var unused = LogReplay.apply(machine, proposal, Settings.MEMBERSHIP_DISTANCE);
    for (int node : nodes) {
      write(node, new Write.Accepted(proposal), new Write.Applied(proposal.slot(), List.of()));
    }
  }

  /** Records a vote of a node for a slot. */
  Proposal accept(int node, long slot, long round, String value) {
    Proposal proposal = proposal(slot, round, value);
    write(node, new Write.Accepted(proposal));
    return proposal;
  }

  /** Records a vote of a node for a membership in which this node has another disk. */
  void acceptReplacement(int node, long slot, int lost) {
    Membership first = Membership.of(formation);
    Member voter = Objects.requireNonNull(first.voter(lost));
    Membership next = first.replacing(voter, new Member(lost, voter.incarnation() + 1));
    Proposal proposal = new Proposal(slot, SampleWrites.ballot(ROUND), Batch.of(slot * 1000, next));
    write(node, new Write.Accepted(proposal));
  }

  /** Records on a node that a value was chosen for a slot. */
  Proposal learn(int node, long slot, long round, String value) {
    Proposal proposal = proposal(slot, round, value);
    write(node, new Write.Learned(proposal));
    return proposal;
  }

  /** Stores a snapshot of the state on a node. */
  void takeSnapshot(int node) {
    State.Mark mark = state().mark();
    try (StreamWriter writer =
        Objects.requireNonNull(opened.get(node))
            .journal()
            .stage(
                new SnapshotMark(mark.slot(), mark.index(), mark.logTimeMillis(), mark.digest()))) {
      for (Iterator<byte[]> chunks = StateWriter.chunks(state()); chunks.hasNext(); ) {
        writer.append(chunks.next());
      }
      writer.seal();
    }
  }

  /**
   * Chooses a snapshot of a consumer of the current index, which is safe with one holder; returns
   * its index.
   */
  long storeSnapshot(String consumer, byte[] content, List<Integer> appliers, int... holders) {
    long index = state().index();
    SystemCommands.Store store =
        new SystemCommands.Store(
            consumer,
            index,
            "v1",
            content.length,
            Payload.of(SealedStream.sha256().digest(content)),
            1,
            false);
    choose(Entry.Kind.STORE, store.encode(), appliers.stream().mapToInt(node -> node).toArray());
    for (int node : holders) {
      try (StreamWriter app =
          Objects.requireNonNull(opened.get(node))
              .journal()
              .appSnapshots()
              .stage(consumer, index)) {
        app.append(content);
        app.seal();
      }
    }
    return index;
  }

  /** The node finds that its state is wrong. */
  void distrust(int node) {
    Objects.requireNonNull(opened.get(node)).journal().distrust(true);
  }

  private void write(int node, Write... writes) {
    DataDirectory data = Objects.requireNonNull(opened.get(node));
    data.journal().append(List.of(writes));
    data.journal().sync();
  }

  static Proposal proposal(long slot, long round, String value) {
    Ballot ballot = SampleWrites.ballot(round);
    if (slot == 1) {
      Payload open = new SystemCommands.Open(0).encode();
      return new Proposal(
          slot, ballot, Batch.of(1000, List.of(command(Entry.Kind.OPEN_SESSION, slot, open))));
    }
    List<Command> commands = new ArrayList<>();
    for (String key : List.of("key/" + slot, "twin/" + slot)) {
      Payload payload = Payload.of(value.getBytes(StandardCharsets.UTF_8));
      commands.add(
          command(
              Entry.Kind.KV,
              2 * slot + commands.size(),
              Txn.of(new Op.Put(key, payload, 0, 0)).encode()));
    }
    return new Proposal(slot, ballot, Batch.of(slot * 1000, commands));
  }

  private static Command command(Entry.Kind kind, long sequence, Payload payload) {
    long session = kind == Entry.Kind.OPEN_SESSION ? 0 : 1;
    Entry.Key key = new Entry.Key(session, sequence);
    return Command.of(NewEntry.of(kind, payload).under(1, key, 0).encode());
  }

  /** Stops all sidecars. */
  @Override
  public void close() {
    opened.values().forEach(DataDirectory::close);
    opened.clear();
  }
}
