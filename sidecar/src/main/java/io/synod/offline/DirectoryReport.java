package io.synod.offline;

import io.synod.storage.sealed.SealedLog;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a data directory holds. The names of these components are the names in JSON, so they must
 * not change.
 *
 * @param notes what a start would remove or drop, which is no fault
 * @param faults what is damaged or missing, one line each
 */
record DirectoryReport(
    String directory,
    Owner owner,
    Promises promises,
    LogRange log,
    StoredFiles files,
    List<String> notes,
    List<String> faults) {

  /**
   * The owner of the disk.
   *
   * @param cluster the digest of the cluster's name and its voters; the name is not on the disk
   */
  record Owner(
      int node, String cluster, String incarnation, int format, List<CopyDocument> superblocks) {}

  /** One copy of the superblock. */
  record CopyDocument(boolean intact, @Nullable Long generation) {}

  /**
   * What binds the node as an acceptor.
   *
   * @param voter whether it votes with this disk; null before the cluster has formed
   */
  record Promises(
      @Nullable String promised,
      @Nullable Collection<Integer> voters,
      boolean formed,
      @Nullable Boolean voter) {}

  /**
   * The slots of the log.
   *
   * @param chosen how many slots are recorded as chosen
   * @param accepted how many further slots have a vote of this node only
   */
  record LogRange(
      long firstSlot,
      long lastSlot,
      long appliedSlot,
      long appliedIndex,
      long chosen,
      long accepted) {}

  /** The files, and the space that they take. */
  record StoredFiles(
      long usedBytes,
      long freeBytes,
      List<SealedLog.SealedFile> segments,
      List<TailFile> tail,
      List<StateSnapshot> snapshots,
      List<AppSnapshot> applicationSnapshots) {}

  /** A file of the tail. */
  record TailFile(String name, long bytes, String use) {}

  /** A snapshot of the replicated state; if it is damaged, only its slot is known. */
  record StateSnapshot(
      long slot,
      boolean intact,
      @Nullable Long index,
      @Nullable Long bytes,
      @Nullable String digest) {}

  /** A snapshot of an application. */
  record AppSnapshot(String consumer, long index, long bytes, String sha256) {}
}
