package io.synod.storage.journal;

import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.Retention;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.tail.SampleWrites;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that appends, syncs, takes snapshots, trims and installs as fast as it can until it is
 * killed. It prints its progress after each sync. The content of a slot is a function of its
 * number.
 */
final class KillChild {
  static final long CLUSTER = 7;
  static final StorageSettings SETTINGS = new StorageSettings(128 * 1024);

  // How many slots an installed snapshot is ahead.
  static final int JUMP_SLOTS = 7;

  private KillChild() {}

  /** The round of the promised ballot after this many slots. */
  static long round(long slots) {
    return 1 + slots / 50;
  }

  static Proposal proposal(long slot) {
    int bytes = slot % 37 == 0 ? 60_000 : (int) (slot * 7919 % 1500);
    return SampleWrites.proposal(slot, round(slot - 1), (int) (slot % 3), bytes);
  }

  /** The mark of a snapshot of this slot. */
  static SnapshotMark mark(long slot) {
    long[] rest = {0, 1, 3};
    return SampleWrites.mark(slot, slot / 3 * 3 + rest[(int) (slot % 3)]);
  }

  /** The length of a snapshot of this slot. */
  static int snapshotBytes(long slot) {
    return (int) (slot * 7919 % 300_000);
  }

  private static void snapshot(Journal journal, long slot) {
    SampleWrites.snapshot(journal, mark(slot), snapshotBytes(slot));
  }

  /** Runs in the directory whose path is the argument. */
  public static void main(String[] arguments) {
    DataDirectory data =
        DataDirectory.open(Path.of(arguments[0]), CLUSTER, 1, SETTINGS, SampleWrites.clock());
    Recovered recovered = data.journal().recovered();
    long last =
        recovered.accepted().isEmpty()
            ? recovered.archivedThrough()
            : recovered.accepted().get(recovered.accepted().size() - 1).slot();
    long applied = recovered.chosenThrough();
    for (int cycle = 1; ; cycle++) {
      if (cycle % 20 == 0) {
        snapshot(data.journal(), applied);
        data.journal().trim(new Retention(Long.MAX_VALUE, 200_000, Long.MAX_VALUE));
      } else if (cycle % 27 == 0) {
        last += JUMP_SLOTS;
        applied = last;
        snapshot(data.journal(), applied);
        while (!data.journal().install(mark(applied))) {
          Thread.onSpinWait();
        }
      }
      List<Write> writes = new ArrayList<>();
      long promised = round(last);
      writes.add(new Write.Promised(SampleWrites.ballot(promised)));
      for (int i = 0; i <= last % 4; i++) {
        last++;
        writes.add(new Write.Accepted(proposal(last)));
      }
      if (last - applied > 6) {
        applied = last - 3;
        writes.add(new Write.Applied(applied, List.of()));
      }
      data.journal().append(writes);
      data.journal().sync();
      System.out.println(last + " " + applied + " " + promised + ".");
      System.out.flush();
    }
  }
}
