package io.synod.backup;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.synod.cli.shared.ValueText;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.backup.BackupReader;
import io.synod.state.Consumer;
import io.synod.state.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a verified backup holds, as the commands print it; in JSON the names of the components must
 * not change.
 *
 * @param stateDigest the rolling digest of everything applied up to the index
 * @param sha256 of the whole file
 */
public record BackupSummary(
    String cluster,
    String formation,
    long index,
    long slot,
    String logTime,
    String stateDigest,
    int keys,
    List<SavedConsumer> consumers,
    long bytes,
    String sha256) {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  /**
   * A consumer of the log.
   *
   * @param snapshotIndex the last index that its saved snapshot includes; 0 if there is none
   * @param lacks whether the log had a later entry, which the backup lacks
   */
  public record SavedConsumer(String consumer, long snapshotIndex, boolean lacks) {}

  /** Of a backup that was verified. */
  public static BackupSummary of(BackupReader.Backup backup) {
    SnapshotMark mark = backup.header().mark();
    return new BackupSummary(
        backup.header().cluster(),
        hex(backup.header().formation()),
        mark.index(),
        mark.slot(),
        Instant.ofEpochMilli(mark.logTimeMillis()).toString(),
        hex(mark.digest()),
        backup.state().keyCount(),
        consumers(backup.state()),
        backup.bytes(),
        HexFormat.of().formatHex(backup.sha256().array()));
  }

  /** The consumers in a state of which a backup is made. */
  public static List<SavedConsumer> consumers(State state) {
    List<SavedConsumer> consumers = new ArrayList<>();
    for (Consumer consumer : state.consumers()) {
      Consumer.Snapshot safe = consumer.safeSnapshot();
      long saved = safe == null ? 0 : safe.index();
      consumers.add(new SavedConsumer(consumer.name(), saved, saved < state.commandedIndex()));
    }
    return consumers;
  }

  private static String hex(long digest) {
    return HexFormat.of().toHexDigits(digest);
  }

  /** One JSON document. */
  public String json() {
    return GSON.toJson(this);
  }

  /** One line. */
  public String text() {
    return ValueText.format(
        "cluster %s at index %d, slot %d, log time %s, state digest %s; %s, sha256 %s",
        ValueText.text(cluster), index, slot, logTime, stateDigest, ValueText.bytes(bytes), sha256);
  }

  /** What a cluster that is restored from the backup will lack, a line each. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    for (SavedConsumer consumer : consumers) {
      if (consumer.lacks()) {
        warnings.add(
            "# consumer "
                + ValueText.text(consumer.consumer())
                + (consumer.snapshotIndex() == 0
                    ? " has no snapshot, so the backup has nothing of its state"
                    : ": the backup has its snapshot at index "
                        + consumer.snapshotIndex()
                        + ", and no later entries"));
      }
    }
    return warnings;
  }
}
