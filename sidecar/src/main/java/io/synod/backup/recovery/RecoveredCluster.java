package io.synod.backup.recovery;

import io.synod.backup.BackupSummary;
import io.synod.backup.PartFile;
import io.synod.backup.Restoration;
import io.synod.paxos.value.Membership;
import io.synod.runtime.backup.BackupContent;
import io.synod.runtime.backup.BackupWriter;
import io.synod.state.RecoveredState;
import io.synod.state.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the disks that are left of a cluster give.
 *
 * @param membership the newest one that is known to be chosen
 * @param state what a new cluster begins with
 * @param lost the snapshots of consumers that are on none of the disks
 */
record RecoveredCluster(
    Survivors survivors,
    Membership membership,
    MergedSlots slots,
    HeldSnapshots snapshots,
    State state,
    List<HeldSnapshots.LostSnapshot> lost) {

  /** The shortest jump of the index in a new cluster. */
  static final long SKIP_MIN = 1_000_000_000_000L;

  /** More commands than a cluster applies in a millisecond. */
  private static final long COMMANDS_PER_MILLI = 1_000;

  /**
   * Reads the disks; it changes nothing.
   *
   * @throws RecoveryException if one is damaged, or they hold nothing
   */
  static RecoveredCluster of(Survivors survivors) throws RecoveryException {
    MergedSlots slots = MergedSlots.of(survivors);
    if (slots.lastRecovered() == 0) {
      throw new RecoveryException(
          "no slot is on these disks, so there is nothing to recover: start an empty cluster");
    }
    StateReplay.Replayed replay = StateReplay.of(survivors, slots);
    List<Membership> memberships = replay.memberships();
    survivors.refuseQuorum(memberships);
    State replayed = replay.state();
    HeldSnapshots snapshots = new HeldSnapshots(survivors);
    State state = RecoveredState.of(replayed, snapshots);
    return new RecoveredCluster(
        survivors,
        memberships.get(memberships.size() - 1),
        slots,
        snapshots,
        state,
        HeldSnapshots.lost(replayed, state));
  }

  /**
   * By how much a new cluster must raise the index, so that it gives none again that was
   * acknowledged. How many commands were chosen after the recovered ones is not on these disks, so
   * this is more than a cluster can have applied since.
   *
   * @param nowMillis the wall clock
   */
  long skipIndexes(long nowMillis) {
    long sinceMillis = Math.max(0, nowMillis - state.mark().logTimeMillis());
    long skip = SKIP_MIN;
    while (skip < Restoration.SKIP_MAX && skip / COMMANDS_PER_MILLI < sinceMillis) {
      skip *= 10;
    }
    return skip;
  }

  /**
   * Writes a backup of it.
   *
   * @param cluster the name of the cluster
   * @throws IOException if the name is wrong, or the file exists or cannot be written
   */
  BackupSummary write(Path file, String cluster) throws IOException {
    survivors.mustBelongTo(cluster);
    refuseInside(file);
    try (PartFile part = PartFile.create(file, PartFile.Existing.KEPT);
        BackupContent content = snapshots.open(state)) {
      BackupWriter writer =
          new BackupWriter(
              content, cluster, survivors.formation().digest(), survivors.best().node());
      for (byte @Nullable [] piece = writer.next(); piece != null; piece = writer.next()) {
        part.write(ByteBuffer.wrap(piece));
      }
      return BackupSummary.of(part.completeBackup(writer.bytes(), writer.sha256()));
    }
  }

  private void refuseInside(Path file) throws IOException {
    for (Path parent = file.toAbsolutePath().getParent();
        parent != null;
        parent = parent.getParent()) {
      for (Survivor survivor : survivors.all()) {
        if (Files.exists(parent) && Files.isSameFile(parent, survivor.path())) {
          throw new RecoveryException(
              file + " is in the data directory " + survivor.path() + ": choose another place");
        }
      }
    }
  }
}
