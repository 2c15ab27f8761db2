package io.synod.runtime.snapshot;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.turn.AppliedState;
import io.synod.runtime.turn.Participant;
import io.synod.runtime.turn.Progress;
import io.synod.runtime.turn.Published;
import io.synod.runtime.turn.StoredMemberships;
import io.synod.runtime.upkeep.DivergenceDetector;
import io.synod.runtime.upkeep.Quarantine;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes snapshots, serves them to peers, and fetches and installs those of peers. The loop's thread
 * owns it.
 */
public final class SnapshotService implements Participant {
  private static final long INSTALL_AGAIN_NANOS = 5_000_000;

  private final NodePorts ports;
  private final SnapshotParts parts;
  private final AppliedState applied;
  private final DivergenceDetector divergenceDetector;
  private final QuarantineRecord quarantineRecord;
  private long formation;
  // A monotonic clock may begin below zero.
  private long installAtNanos = Long.MIN_VALUE;

  /** The parts, each with one task. */
  public record SnapshotParts(
      Snapshotter snapshotter,
      SnapshotServer snapshotServer,
      SnapshotFetcher snapshotFetcher,
      AppSnapshotReplicator appSnapshotReplicator) {}

  public SnapshotService(
      NodePorts ports,
      SnapshotParts parts,
      AppliedState applied,
      DivergenceDetector divergenceDetector,
      SnapshotFetch.Background background) {
    this.ports = ports;
    this.parts = parts;
    this.applied = applied;
    this.divergenceDetector = divergenceDetector;
    this.quarantineRecord = new QuarantineRecord(ports, background);
  }

  /** A fetched snapshot replaces the slots it covers, before anything else. */
  @Override
  public List<Input> begin(long nowNanos) {
    SnapshotFetcher fetcher = parts.snapshotFetcher;
    SnapshotFetcher.Arrived arrived = fetcher.ready();
    if (arrived == null) {
      return List.of();
    }
    SnapshotMark mark = arrived.mark();
    List<Input> inputs = List.of();
    if (isWanted(arrived)) {
      if (!ports.journal().install(mark)) {
        installAtNanos = nowNanos + INSTALL_AGAIN_NANOS;
        return List.of();
      }
      if (mark.slot() > applied.chosenThrough()) {
        inputs =
            List.of(
                new Input.Installed(
                    mark.slot(),
                    mark.index(),
                    mark.logTimeMillis(),
                    StoredMemberships.of(arrived.state())));
      }
      if (arrived.renews()) {
        divergenceDetector.quarantine().renewed(mark.slot());
      }
      applied.install(arrived.state());
      parts.snapshotter.installed(applied.appliedBytes());
      ports.observer().observe(new Observation.SnapshotInstalled(mark, arrived.bytes()));
    }
    fetcher.taken();
    return inputs;
  }

  /** A wrong state is replaced as a whole: its slots are wrong up to the last applied one. */
  private boolean isWanted(SnapshotFetcher.Arrived arrived) {
    boolean wrong = divergenceDetector.quarantine().isWaiting();
    long slot = arrived.mark().slot();
    return arrived.renews()
        ? wrong && slot >= applied.state().slot()
        : !wrong && slot > applied.state().slot();
  }

  /**
   * Snapshots are exchanged within one formation, and the replica does not receive these messages.
   */
  @Override
  public boolean onInput(long nowNanos, Input input, List<Output.Envelope> answers) {
    parts.snapshotFetcher.onTransportReport(input);
    if (formation == 0
        || !(input instanceof Input.Received received)
        || received.formation() != formation) {
      return false;
    }
    Message message = received.message();
    if (message instanceof Message.SnapshotAsk ask) {
      answers.add(new Output.Envelope(received.from(), parts.snapshotServer.answer(nowNanos, ask)));
    } else if (message instanceof Message.SnapshotPage page) {
      parts.snapshotFetcher.page(received.from(), page, nowNanos);
    } else if (message instanceof Message.Trimmed trimmed) {
      if (!divergenceDetector.quarantine().isWaiting()) {
        parts.snapshotFetcher.trimmed(trimmed, applied.state());
      }
      // It is also the answer to a request of the replica.
      return false;
    } else {
      return false;
    }
    return true;
  }

  @Override
  public void onEvent(Event event) {
    if (event instanceof Event.Formed formed) {
      formation = formed.formation().digest();
    }
  }

  /** Continues all tasks, after what is applied was appended to the journal. */
  @Override
  public List<Output.Envelope> onPublished(Published published) {
    long nowNanos = published.nanos();
    parts.snapshotServer.sweep(nowNanos);
    long fresh = divergenceDetector.isDoubtful() ? Long.MIN_VALUE : published.view().freshAtNanos();
    parts.appSnapshotReplicator.turn(nowNanos, applied::state, fresh);
    boolean mended = divergenceDetector.isMended(applied.isBehind());
    if (records(nowNanos) && mended) {
      divergenceDetector.endQuarantine();
    }
    if (divergenceDetector.quarantine().isDue(nowNanos)) {
      parts.snapshotFetcher.renew(applied, divergenceDetector.quarantine());
    }
    List<Output.Envelope> requests =
        new ArrayList<>(parts.snapshotFetcher.turn(nowNanos, published.view(), applied.state()));
    take();
    return requests;
  }

  /** Whether the disk records whether the state here is wrong. */
  private boolean records(long nowNanos) {
    Quarantine quarantine = divergenceDetector.quarantine();
    return quarantineRecord.turn(nowNanos, quarantine.isActive() && !quarantine.isMended());
  }

  /**
   * Continues with snapshots alone, while later decisions wait for disk space: snapshots do not
   * depend on these, and trimming below them may free the space.
   *
   * @return messages to peers, without which the state here might never be known to be that of a
   *     quorum
   */
  @Override
  public List<Output.Envelope> onStalled(Progress progress, List<Input> inputs) {
    // A stream that a failed peer was reading must not keep the log that is to be trimmed.
    parts.snapshotServer.sweep(progress.nowNanos());
    records(progress.nowNanos());
    take();
    return divergenceDetector.messages();
  }

  private void take() {
    State.Mark mark = applied.state().mark();
    // What changed in memory after the comparison is not what a quorum has.
    boolean changed = !divergenceDetector.isCompared(mark.slot(), mark.digest());
    parts.snapshotter.setAttested(
        divergenceDetector.attested(),
        divergenceDetector.isDoubtful(),
        changed || divergenceDetector.isQuarantined());
    long due =
        parts.snapshotter.turn(
            applied.state(), applied.appliedBytes(), parts.snapshotServer.neededFromIndex());
    if (due > 0) {
      // Normally the same slot is due everywhere, and all nodes exchange their digests at once.
      divergenceDetector.sendSoon(due);
    }
  }

  @Override
  public void stop(Progress progress) {
    parts.snapshotter.close();
    parts.snapshotFetcher.close();
    parts.snapshotServer.close();
  }

  @Override
  public long nextWakeNanos() {
    if (parts.snapshotFetcher.ready() != null) {
      return installAtNanos;
    }
    boolean due =
        parts.snapshotter.hasFinished()
            || divergenceDetector.hasMessages()
            || (applied.isBehind() && !divergenceDetector.quarantine().isWaiting());
    long next = Math.min(parts.snapshotFetcher.nextNanos(), quarantineRecord.nextNanos());
    return due ? Long.MIN_VALUE : next;
  }
}
