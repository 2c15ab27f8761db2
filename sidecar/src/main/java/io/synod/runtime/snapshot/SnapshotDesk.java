package io.synod.runtime.snapshot;

import io.synod.paxos.Input;
import io.synod.paxos.Message;
import io.synod.paxos.View;
import io.synod.runtime.upkeep.Digests;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Takes snapshots, gives them to peers, pulls and keeps them. The loop's thread owns it. */
public record SnapshotDesk(
    Snapshotter snapshotter, Shares shares, Pulls pulls, Custodian custodian, Digests digests) {

  /** Whether a message is about snapshots alone; an answer to it goes to {@code answers}. */
  public boolean takes(
      long nowNanos, Input.Received received, State applied, List<Pull.Ask> answers) {
    Message message = received.message();
    if (message instanceof Message.SnapshotAsk ask) {
      answers.add(new Pull.Ask(received.from(), shares.answer(nowNanos, ask)));
    } else if (message instanceof Message.SnapshotPage page) {
      pulls.page(received.from(), page, nowNanos);
    } else if (message instanceof Message.Trimmed trimmed) {
      pulls.trimmed(trimmed, applied);
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
  public List<Pull.Ask> turn(long nowNanos, View view, Supplier<State> applied, long appliedBytes) {
    shares.sweep(nowNanos);
    long fresh = digests.isDoubtful() ? Long.MIN_VALUE : view.freshAtNanos();
    custodian.turn(nowNanos, applied, fresh);
    List<Pull.Ask> asks = new ArrayList<>(pulls.turn(nowNanos, view, applied.get()));
    snapshotter.trust(digests.attested(), digests.isDoubtful(), digests.isQuarantined());
    long due = snapshotter.turn(applied.get(), appliedBytes, shares.neededFromIndex());
    if (due > 0) {
      // As a rule the same slot is due everywhere, and all tell each other at once.
      digests.tell(due);
    }
    return asks;
  }

  /** When {@link #turn} has something to do though nothing arrives. */
  public long nextNanos() {
    return snapshotter.hasFinished() || digests.hasMessages() ? Long.MIN_VALUE : pulls.nextNanos();
  }

  public void close() {
    snapshotter.close();
    pulls.close();
    shares.close();
  }
}
