package io.synod.backup.recovery;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.backup.BackupSummary;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.state.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is recovered of a cluster, and what may be lost. The names of these components are the names
 * in JSON, so they must not change.
 *
 * @param survivors the disks that are left
 * @param slots the slots above those that the best disk has applied
 * @param consumers what is recovered of each consumer
 * @param lostSnapshots the snapshots of consumers that are on none of the disks
 * @param backup what {@code synod backup --verify} prints of the file; null if none is written
 * @param skipIndexes the jump of the index with which the backup must be restored
 */
record RecoveryReport(
    LostCluster cluster,
    List<SurvivorDocument> survivors,
    RecoveredPosition recovered,
    List<RecoveredSlot> slots,
    List<BackupSummary.SavedConsumer> consumers,
    List<HeldSnapshots.LostSnapshot> lostSnapshots,
    @Nullable JsonObject backup,
    long skipIndexes) {

  /**
   * The cluster.
   *
   * @param formation the digest of its formation
   */
  record LostCluster(String formation, Collection<Integer> voters, int quorum) {}

  /**
   * A disk that is left.
   *
   * @param voter whether the node votes with this disk
   * @param best whether the log of this disk is replayed
   * @param lastSlot the last slot of which it holds a value
   * @param damage what is damaged, a line each; only a consumer's snapshot may be lost with it
   */
  record SurvivorDocument(
      String directory,
      int node,
      boolean voter,
      boolean best,
      long appliedSlot,
      long appliedIndex,
      long lastSlot,
      @Nullable String promised,
      List<String> damage) {}

  /**
   * The state that is recovered.
   *
   * @param chosenSlot the last slot that is known to be chosen with all before it
   */
  record RecoveredPosition(
      long slot, long index, long chosenSlot, String logTime, String stateDigest, int keys) {}

  /**
   * A slot above those that the best disk has applied.
   *
   * @param node the node whose disk has the value
   * @param chosen whether a disk records that it is chosen; if not, it may be or not
   * @param recovered whether it is recovered; if not, a slot before it is on no disk
   */
  record RecoveredSlot(
      long slot, String ballot, int node, int commands, boolean chosen, boolean recovered) {}

  /** Makes the report. */
  static RecoveryReport of(
      RecoveredCluster cluster, @Nullable BackupSummary backup, long skipIndexes) {
    Membership membership = cluster.membership();
    return new RecoveryReport(
        new LostCluster(
            hex(cluster.survivors().formation().digest()),
            membership.voters().stream().map(Member::node).toList(),
            membership.quorum()),
        survivors(cluster),
        position(cluster),
        slots(cluster.slots()),
        BackupSummary.consumers(cluster.state()),
        cluster.lost(),
        backup == null ? null : JsonParser.parseString(backup.json()).getAsJsonObject(),
        skipIndexes);
  }

  private static String hex(long digest) {
    return HexFormat.of().toHexDigits(digest);
  }

  private static List<SurvivorDocument> survivors(RecoveredCluster cluster) {
    Survivors survivors = cluster.survivors();
    List<SurvivorDocument> documents = new ArrayList<>();
    for (Survivor survivor : survivors.all()) {
      List<String> damage = new ArrayList<>(survivor.faults());
      damage.addAll(cluster.snapshots().damaged(survivor));
      documents.add(
          new SurvivorDocument(
              survivor.path().toString(),
              survivor.node(),
              survivor.isVoter(cluster.membership()),
              survivor == survivors.best(),
              survivor.applied(),
              survivor.appliedIndex(),
              survivor.lastSlot(),
              survivor.promised().isNone() ? null : survivor.promised().toString(),
              damage));
    }
    return documents;
  }

  private static RecoveredPosition position(RecoveredCluster cluster) {
    State state = cluster.state();
    State.Mark mark = state.mark();
    return new RecoveredPosition(
        mark.slot(),
        mark.index(),
        cluster.slots().knownChosen(),
        Instant.ofEpochMilli(mark.logTimeMillis()).toString(),
        hex(mark.digest()),
        state.keyCount());
  }

  private static List<RecoveredSlot> slots(MergedSlots merged) {
    long last = merged.lastRecovered();
    return merged.all().stream()
        .map(
            slot ->
                new RecoveredSlot(
                    slot.slot(),
                    slot.proposal().ballot().toString(),
                    slot.holder().node(),
                    slot.proposal().batch().count(),
                    slot.chosen(),
                    slot.slot() <= last))
        .toList();
  }

  /** The slots that are recovered and may not be chosen. */
  List<RecoveredSlot> uncertain() {
    return slots.stream().filter(slot -> slot.recovered() && !slot.chosen()).toList();
  }

  /** The slots that are not recovered. */
  List<RecoveredSlot> leftOut() {
    return slots.stream().filter(slot -> !slot.recovered()).toList();
  }
}
