package io.synod.runtime;

import io.synod.paxos.Input;
import io.synod.paxos.Message;
import io.synod.paxos.View;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Takes snapshots, gives them to peers, pulls and keeps them. The loop's thread owns it.
 *
 * @param doubtful whether some peer's state differs from the one here and no quorum has this one:
 *     until it is known whose is wrong, this one is shown to no peer, and the log is not trimmed
 *     for it. Otherwise a peer that took over a wrong state would count as another that agrees.
 */
record SnapshotDesk(
    Snapshotter snapshotter,
    Shares shares,
    Pulls pulls,
    Custodian custodian,
    BooleanSupplier doubtful) {

  /** Whether a message is about snapshots alone; an answer to it goes to {@code answers}. */
  boolean takes(long nowNanos, Input.Received received, State applied, List<Pull.Ask> answers) {
    Message message = received.message();
    shares.distrust(doubtful.getAsBoolean());
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
   * @return what to ask of peers
   */
  List<Pull.Ask> turn(long nowNanos, View view, Applier applier) {
    shares.sweep(nowNanos);
    boolean doubt = doubtful.getAsBoolean();
    snapshotter.distrust(doubt);
    custodian.turn(nowNanos, applier::state, doubt ? Long.MIN_VALUE : view.freshAtNanos());
    List<Pull.Ask> asks = new ArrayList<>(pulls.turn(nowNanos, view, applier.state()));
    snapshotter.turn(applier.state(), applier.appliedBytes(), shares.neededFromIndex());
    return asks;
  }

  /** When {@link #turn} has something to do though nothing arrives. */
  long nextNanos() {
    return snapshotter.hasFinished() ? Long.MIN_VALUE : pulls.nextNanos();
  }

  void close() {
    snapshotter.close();
    pulls.close();
    shares.close();
  }
}
