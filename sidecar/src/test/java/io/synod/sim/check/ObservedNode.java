package io.synod.sim.check;

import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One node as the judges see it: its disk's image, and how far its process got. */
public final class ObservedNode {
  private final int node;
  private long incarnation;
  private int process;
  private DiskImage durable = new DiskImage();
  private DiskImage written = new DiskImage();
  private final List<Write> unsynced = new ArrayList<>();
  private long appliedSlot;
  private long stateDigest;
  private long sealedThrough;

  /** The node with this number. */
  public ObservedNode(int node) {
    this.node = node;
  }

  public int node() {
    return node;
  }

  /** The identity of its disk. */
  public long incarnation() {
    return incarnation;
  }

  /** Counts its processes. */
  public int process() {
    return process;
  }

  /** What a crash at this moment leaves. */
  public DiskImage durable() {
    return durable;
  }

  /** What a crash at this moment may leave, if the disk keeps everything. */
  public DiskImage written() {
    return written;
  }

  /** What was written and not synced. */
  public List<Write> unsynced() {
    return unsynced;
  }

  /** The last slot its process applied. */
  public long appliedSlot() {
    return appliedSlot;
  }

  /** What a write says of a slot, or null. */
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

  /** A process begins; a new incarnation begins with an empty image. */
  public void begin(long found) {
    process++;
    if (found != incarnation) {
      incarnation = found;
      durable = new DiskImage();
    }
  }

  /** The disk was opened, and holds this. Returns what it kept though it was never synced. */
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

  /** How far the process has applied. */
  public void applied(long slot, long digest, long sealed) {
    appliedSlot = slot;
    stateDigest = digest;
    sealedThrough = sealed;
  }
}
