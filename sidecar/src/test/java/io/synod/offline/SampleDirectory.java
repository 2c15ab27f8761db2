package io.synod.offline;

import static io.synod.storage.tail.SampleWrites.ballot;

import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.StreamWriter;
import io.synod.state.Limits;
import io.synod.state.State;
import io.synod.state.StateWriter;
import io.synod.state.apply.Machine;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.journal.StorageSettings;
import io.synod.storage.tail.SampleWrites;
import io.synod.storage.tail.TailFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A data directory that the real journal wrote: segments, a snapshot of the state and one of an
 * application, and a tail whose last slots are not applied.
 */
final class SampleDirectory {
  static final long CLUSTER = 0xC0FFEEL;
  private static final long ROUND = 4;

  private final Path path;
  private final Machine machine = new Machine(Limits.defaults());
  private long slots;
  private long snapshotSlot;

  private SampleDirectory(Path path) {
    this.path = path;
  }

  static SampleDirectory make(Path path) {
    SampleDirectory made = new SampleDirectory(path);
    try (DataDirectory data = open(path)) {
      made.fill(data);
    }
    return made;
  }

  /** Opens a directory as a start of node 1 does. */
  static DataDirectory open(Path path) {
    return DataDirectory.open(
        path, CLUSTER, 1, new StorageSettings(64 * 1024), SampleWrites.clock());
  }

  Path path() {
    return path;
  }

  /** The last slot that is applied; two more are accepted, and one is learned. */
  long applied() {
    return slots;
  }

  long snapshotSlot() {
    return snapshotSlot;
  }

  State state() {
    return machine.state();
  }

  private void fill(DataDirectory data) {
    Formation formation = new Formation(Map.of(1, data.incarnation(), 2, 22L, 3, 33L));
    append(
        data, new Write.Promised(ballot(ROUND)), new Write.Agreed(formation), new Write.Formed());
    do {
      applyNext(data, 900);
    } while (Files.exists(path.resolve(TailFile.name(1))));
    takeSnapshot(data);
    applyNext(data, 10);
    applyNext(data, 10);
    try (StreamWriter app = data.journal().appSnapshots().stage("mailer", 3)) {
      app.append(SampleWrites.content(3, 60_000));
      app.seal();
    }
    append(data, new Write.Accepted(proposal(slots + 1, ROUND, 10)));
    append(data, new Write.Accepted(proposal(slots + 2, ROUND, 10)));
    append(data, new Write.Learned(proposal(slots + 3, ROUND + 1, 10)));
  }

  private void applyNext(DataDirectory data, int bytes) {
    slots++;
    Proposal proposal = proposal(slots, ROUND, bytes);
    append(data, new Write.Accepted(proposal), new Write.Applied(slots, List.of()));
    machine.apply(
        slots,
        proposal.batch().logTimeMillis(),
        proposal.batch().commands().stream().map(Command::bytes).toList());
  }

  private static void append(DataDirectory data, Write... writes) {
    data.journal().append(List.of(writes));
    data.journal().sync();
  }

  private void takeSnapshot(DataDirectory data) {
    State.Mark mark = machine.state().mark();
    SnapshotMark stated =
        new SnapshotMark(mark.slot(), mark.index(), mark.logTimeMillis(), mark.digest());
    try (StreamWriter writer = data.journal().stage(stated)) {
      for (Iterator<byte[]> chunks = StateWriter.chunks(machine.state()); chunks.hasNext(); ) {
        writer.append(chunks.next());
      }
      writer.seal();
    }
    snapshotSlot = slots;
  }

  private static Proposal proposal(long slot, long round, int bytes) {
    List<Command> commands =
        slot == 1
            ? List.of(command(Entry.Kind.OPEN_SESSION, 0, new SystemCommands.Open(0).encode()))
            : List.of(
                command(
                    Entry.Kind.COMMAND,
                    2 * slot - 3,
                    payload("order " + slot + " " + "x".repeat(bytes))),
                command(
                    Entry.Kind.KV,
                    2 * slot - 2,
                    Txn.of(new Op.Put("key/" + slot, payload("value"), 0, 0)).encode()));
    return new Proposal(slot, ballot(round), Batch.of(slot * 1000, commands));
  }

  private static Payload payload(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A command of node 2 in the session that the first command opens. */
  private static Command command(Entry.Kind kind, long sequence, Payload payload) {
    long session = kind == Entry.Kind.OPEN_SESSION ? 0 : 1;
    return Command.of(new Entry(kind, 2, session, sequence, sequence, 0, "", "", payload).encode());
  }
}
