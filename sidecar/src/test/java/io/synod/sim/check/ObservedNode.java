package io.synod.sim.check;

import io.synod.paxos.value.Member;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A node as the checkers see it: the image of its disk, and the progress of its process. */
public final class ObservedNode {
  private final int node;
  private long incarnation;
  private int process;
  private DiskImage durable = new DiskImage();
  private DiskImage written = new DiskImage();
  private final List<Write> unsynced = new ArrayList<>();
  private long appliedSlot;
  private long stateDigest;
  private boolean altered;
  private boolean quarantined;
  private long sealedThrough;

  /** Creates a node with this number and an empty disk. */
  public ObservedNode(int node) {
    this.node = node;
  }

  public int node() {
    return node;
  }

  /** The incarnation of its disk. */
  public long incarnation() {
    return incarnation;
  }

  /** The node with its disk. */
  public Member member() {
    return new Member(node, incarnation);
  }

  /** The number of its process, counted from 1. */
  public int process() {
    return process;
  }

  /** The image of what is synced, which survives any crash. */
  public DiskImage durable() {
    return durable;
  }

  /** The image of everything written, all of which may survive a crash. */
  public DiskImage written() {
    return written;
  }

  /** The writes that are not synced yet. */
  public List<Write> unsynced() {
    return unsynced;
  }

  /** The last slot that its process applied. */
  public long appliedSlot() {
    return appliedSlot;
  }

  /** The proposal in a write; null if it has none. */
  static @Nullable public Proposal proposalOf(Write write) {
    if (write instanceof Write.Accepted accepted) {
      return accepted.proposal();
    }
    return write instanceof Write.Learned learned ? learned.proposal() : null;
  }

  /** The digest of its replicated state. */
  public long stateDigest() {
    return stateDigest;
  }

  /** The last slot in its archive. */
  public long sealedThrough() {
    return sealedThrough;
  }

  /** The state of its process was altered in memory. */
  public void alter() {
    altered = true;
  }

  /** The state of its process was replaced. */
  public void replaced() {
    altered = false;
  }

  /** Whether the state of its process was altered, and not replaced since. */
  public boolean isAltered() {
    return altered;
  }

  /** Whether its process was in quarantine when it last took a turn. */
  public void quarantined(boolean wrong) {
    quarantined = wrong;
  }

  /** Whether its state is wrong, or it does not trust its state, which a restart may not change. */
  public boolean isWrong() {
    return altered || quarantined;
  }

  /** A process starts; a new incarnation starts with an empty image. */
  public void begin(long found) {
    process++;
    altered = false;
    if (found != incarnation) {
      incarnation = found;
      durable = new DiskImage();
    }
  }

  /**
   * A process opened the disk and recovered this. Returns the writes that survived without a sync.
   */
  public List<Write> opened(Recovered found) {
    Set<Proposal> there = new HashSet<>(found.accepted());
    int kept = 0;
    for (int i = 0; i < unsynced.size(); i++) {
      Proposal proposal = proposalOf(unsynced.get(i));
      kept = proposal != null && there.contains(proposal) ? i + 1 : kept;
    }
    List<Write> survived = List.copyOf(unsynced.subList(0, kept));
    unsynced.clear();
    durable.recovered(found);
    written = durable.copy();
    appliedSlot = 0;
    stateDigest = 0;
    return survived;
  }

  /** Records how far the process has applied. */
  public void applied(long slot, long digest, long sealed) {
    appliedSlot = slot;
    stateDigest = digest;
    sealedThrough = sealed;
  }
}
