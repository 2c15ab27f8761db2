package io.synod.sim.recovery;

import io.synod.paxos.value.Message;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.sim.run.FaultKind;
import io.synod.sim.workload.SimulatedClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Checks I19 for trimming: while a quorum of voters has the same state, each of them takes
 * snapshots, so that its log can be trimmed, whatever a single other voter reports. In some runs
 * one voter reports a wrong digest throughout, though its state is right, and no node may be
 * quarantined.
 */
public final class Trimming {
  private static final long WRONG = 0x5EED_BAD5L;

  private final World world;
  private final int divergent;
  private final Map<Host, CompletableFuture<SnapshotOutcome>> requested = new HashMap<>();
  // What each host had applied when it was first checked.
  private final Map<Host, Long> due = new HashMap<>();

  /** Creates a check for a run in which {@code voter} may report a wrong digest. */
  public Trimming(World world, int voter) {
    this.world = world;
    // With one or two voters, its wrong digest would count as much as its peer's.
    this.divergent =
        world.profile().has(FaultKind.WRONG_DIGEST) && world.profile().voters > 2 ? voter : 0;
  }

  /** Replaces the digest in a message of that voter. */
  public Message spoken(Host host, Message message) {
    return host.node == divergent && message instanceof Message.StateDigest reason
        ? new Message.StateDigest(reason.slot(), reason.digest() ^ WRONG, 0, 0)
        : message;
  }

  /** Whether every voter of an agreeing quorum has a snapshot of what it had applied. */
  boolean goesOn() {
    if (divergent == 0 || agreeing() <= world.profile().voters / 2) {
      return true;
    }
    boolean all = true;
    for (Host host : world.hosts()) {
      Node node = agrees(host) ? SimulatedClient.nodeAt(host) : null;
      all &= node == null || hasSnapshot(host, node);
    }
    if (all) {
      world.mark(CoverageMark.SNAPSHOT_DESPITE_WRONG_DIGEST);
    }
    return all;
  }

  private int agreeing() {
    int agreeing = 0;
    for (Host host : world.hosts()) {
      agreeing += agrees(host) ? 1 : 0;
    }
    return agreeing;
  }

  private boolean agrees(Host host) {
    return host.voter && host.node != divergent && !host.isForgotten() && host.isUp();
  }

  private boolean hasSnapshot(Host host, Node node) {
    long slot = due.computeIfAbsent(host, any -> node.reads().state().slot());
    try (@Nullable StoredSnapshot newest = node.maintenance().snapshot()) {
      if (slot == 0 || (newest != null && newest.mark().slot() >= slot)) {
        return true;
      }
    } catch (JournalException damaged) {
      world.mark(CoverageMark.DAMAGED_STREAM_NAMED);
    }
    CompletableFuture<SnapshotOutcome> last = requested.get(host);
    if (last == null || last.isDone()) {
      if (node.reads().isQuarantined()) {
        throw new Violation("I19", "node " + host.node + " is quarantined though it is right");
      }
      requested.put(host, node.maintenance().takeSnapshot(Duration.ofDays(1)));
    }
    return false;
  }
}
