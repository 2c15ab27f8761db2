package io.synod.backup.recovery;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.storage.offline.OfflineDirectory;
import io.synod.storage.offline.OfflineSlot;
import io.synod.storage.tail.DiskIdentity;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A disk that is left of a cluster, opened for reading. No sidecar can use it meanwhile. */
final class Survivor implements AutoCloseable {
  private final OfflineDirectory directory;
  private long lastSlot;

  private Survivor(OfflineDirectory directory) {
    this.directory = directory;
    this.lastSlot = directory.applied();
  }

  /**
   * Opens a data directory.
   *
   * @throws io.synod.storage.disk.DirectoryException if it is none, or a sidecar uses it
   * @throws io.synod.runtime.port.JournalException if nothing in it can be read
   */
  static Survivor open(Path path) {
    return new Survivor(OfflineDirectory.open(path));
  }

  OfflineDirectory directory() {
    return directory;
  }

  Path path() {
    return directory.path();
  }

  DiskIdentity identity() {
    return directory.superblock().identity();
  }

  int node() {
    return identity().node();
  }

  /** The formation of its cluster; null if the disk does not record that the cluster formed. */
  @Nullable Formation formation() {
    return directory.promises().formed() ? directory.promises().agreed() : null;
  }

  boolean isVoter(Membership membership) {
    return membership.isVoter(new Member(node(), identity().incarnation()));
  }

  Ballot promised() {
    return directory.promises().promised();
  }

  long applied() {
    return directory.applied();
  }

  long appliedIndex() {
    return directory.appliedIndex();
  }

  /** The last slot of which it holds a value, as far as {@link #visit} has read. */
  long lastSlot() {
    return lastSlot;
  }

  /** Whether a start would refuse it, or its state is wrong, so that it cannot be recovered. */
  boolean isDamaged() {
    return directory.faults().preventStart() || directory.snapshots().isDistrusted();
  }

  /** Whether damage may hide votes. */
  boolean mayLackVotes() {
    return directory.faults().hideVotes();
  }

  List<String> faults() {
    return directory.faults().lines();
  }

  RecoveryException damaged(String remedy) {
    List<String> faults = faults();
    return new RecoveryException(
        path() + " is damaged: " + faults.get(faults.size() - 1) + "; " + remedy);
  }

  /** Receives slots in order. */
  interface SlotVisitor {
    void visit(OfflineSlot slot) throws RecoveryException;
  }

  /**
   * Visits the slots from {@code from} through {@code through} of which it holds a value.
   *
   * @throws RecoveryException if one is damaged, or the visitor throws
   */
  void visit(long from, long through, SlotVisitor visitor) throws RecoveryException {
    int known = faults().size();
    RecoveryException[] refusal = new RecoveryException[1];
    directory.visitLog(
        from,
        through,
        slot -> {
          lastSlot = Math.max(lastSlot, slot.proposal().slot());
          try {
            visitor.visit(slot);
          } catch (RecoveryException e) {
            refusal[0] = e;
          }
          return refusal[0] == null;
        });
    if (faults().size() > known) {
      throw damaged("leave it out to recover from other disks, or restore the newest backup");
    }
    if (refusal[0] != null) {
      throw refusal[0];
    }
  }

  @Override
  public void close() {
    directory.close();
  }
}
