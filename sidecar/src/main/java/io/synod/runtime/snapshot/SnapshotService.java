package io.synod.runtime.snapshot;

import io.synod.paxos.View;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.runtime.upkeep.DivergenceDetector;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Takes snapshots, gives them to peers, pulls and keeps them. The loop's thread owns it. */
public record SnapshotService(
    Snapshotter snapshotter,
    SnapshotServer snapshotServer,
    SnapshotFetcher snapshotFetcher,
    AppSnapshotReplicator appSnapshotReplicator,
    DivergenceDetector divergenceDetector) {

  /** Whether a message is about snapshots alone; an answer to it goes to {@code answers}. */
  public boolean takes(
      long nowNanos, Input.Received received, State applied, List<SnapshotFetch.Ask> answers) {
    Message message = received.message();
    if (message instanceof Message.SnapshotAsk ask) {
      answers.add(new SnapshotFetch.Ask(received.from(), snapshotServer.answer(nowNanos, ask)));
    } else if (message instanceof Message.SnapshotPage page) {
      snapshotFetcher.page(received.from(), page, nowNanos);
    } else if (message instanceof Message.Trimmed trimmed) {
      snapshotFetcher.trimmed(trimmed, applied);
      // It answers a request of the core, too.
      return false;
    } else {
      return false;
    }
    return true;
  }

  /**
   * Goes on with everything, after what is applied was appended to the journal.
   *
   * @param appliedBytes of the batches applied since the newest snapshot when this process began
   * @return what to ask of peers
   */
  public List<SnapshotFetch.Ask> turn(
      long nowNanos, View view, Supplier<State> applied, long appliedBytes) {
    snapshotServer.sweep(nowNanos);
    long fresh = divergenceDetector.isDoubtful() ? Long.MIN_VALUE : view.freshAtNanos();
    appSnapshotReplicator.turn(nowNanos, applied, fresh);
    List<SnapshotFetch.Ask> asks =
        new ArrayList<>(snapshotFetcher.turn(nowNanos, view, applied.get()));
    take(applied.get(), appliedBytes);
    return asks;
  }

  /**
   * Goes on with snapshots alone, where what was decided since {@code applied} waits for room: they
   * do not rest on it, and trimming below them may make the room.
   *
   * @return what to say to peers, lest the state here never be known to be that of a quorum
   */
  public List<Output.Envelope> takeAlone(
      long nowNanos, List<Input> inputs, State applied, long appliedBytes) {
    divergenceDetector.listen(nowNanos, inputs);
    take(applied, appliedBytes);
    return divergenceDetector.messages();
  }

  private void take(State applied, long appliedBytes) {
    snapshotter.trust(
        divergenceDetector.attested(),
        divergenceDetector.isDoubtful(),
        divergenceDetector.isQuarantined());
    long due = snapshotter.turn(applied, appliedBytes, snapshotServer.neededFromIndex());
    if (due > 0) {
      // As a rule the same slot is due everywhere, and all tell each other at once.
      divergenceDetector.tell(due);
    }
  }

  /** When {@link #turn} has something to do though nothing arrives. */
  public long nextNanos() {
    return snapshotter.hasFinished() || divergenceDetector.hasMessages()
        ? Long.MIN_VALUE
        : snapshotFetcher.nextNanos();
  }

  public void close() {
    snapshotter.close();
    snapshotFetcher.close();
    snapshotServer.close();
  }
}
