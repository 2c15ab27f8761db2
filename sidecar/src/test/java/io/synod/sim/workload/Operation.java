package io.synod.sim.workload;

import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.client.SubmittedCommand;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a client: it is proposed, and repeated at any node, until its outcome is known
 * or the client gives up.
 */
public final class Operation {
  private static final long MILLIS = 1_000_000L;

  private final SimulatedClient caller;
  private final Order order;
  private final Consumer<@Nullable Outcome> ended;
  private final long floor;
  private final Attempts attempts;
  private @Nullable Entry entry;

  /**
   * What an operation proposes.
   *
   * @param operation its number, which is the label of {@code newEntry} too
   * @param key its sequence in the client's own session; null to propose it without one
   * @param ackedBelow the sequence below which the client has all answers
   */
  public record Order(long operation, NewEntry newEntry, Entry.@Nullable Key key, long ackedBelow) {
    /** Creates an operation of this kind with this payload. */
    public static Order of(
        long operation, Entry.Kind kind, io.synod.state.encoding.Payload payload) {
      return new Order(
          operation, new NewEntry(kind, SubmittedCommand.label(operation), "", payload), null, 0);
    }

    Order under(Entry.Key place, long acked) {
      return new Order(operation, newEntry, place, acked);
    }

    /** The same operation with a request id. */
    Order named(String requestId) {
      NewEntry named =
          new NewEntry(newEntry.kind(), newEntry.label(), requestId, newEntry.payload());
      return new Order(operation, named, key, ackedBelow);
    }

    /** Whether it can be proposed again without taking effect twice. */
    boolean isRepeatable() {
      return key != null || !newEntry.requestId().isEmpty();
    }
  }

  /**
   * Creates an operation that has not begun.
   *
   * @param ended gets the last outcome; null if it was lost
   */
  public Operation(SimulatedClient caller, Order order, Consumer<@Nullable Outcome> ended) {
    this.caller = caller;
    this.order = order;
    this.ended = ended;
    this.floor = caller.workload.linearizable.begin();
    this.attempts = new Attempts(order.operation());
  }

  /** Proposes it at this host. */
  public void begin(Host host, Node node) {
    caller.operationBegan();
    send(host, node);
  }

  private void again(long nanos) {
    caller.later(nanos, this::attempt);
  }

  private void attempt() {
    caller.world.count(2_001);
    Host host = caller.host();
    Node node = host == null ? null : SimulatedClient.nodeAt(host);
    if (host == null || node == null) {
      again(20 * MILLIS);
    } else {
      send(host, node);
    }
  }

  private void send(Host host, Node node) {
    caller.workload.honest.again(order.operation());
    Entry.Key key = order.key();
    Entry sent = key == null ? null : order.newEntry().under(host.node, key, order.ackedBelow());
    entry = sent;
    attempts.begin(host.node);
    caller.call(
        host,
        patience ->
            sent == null
                ? node.proposer().propose(order.newEntry(), patience)
                : node.proposer().propose(sent, patience),
        outcome -> answered(host, outcome),
        this::lost);
  }

  private void lost() {
    caller.workload.honest.uncertain(order.operation());
    if (order.isRepeatable()) {
      again(caller.rng.around(10 * MILLIS));
    } else {
      end(null);
    }
  }

  private void answered(Host host, Outcome outcome) {
    World world = caller.world;
    world.trace(() -> "operation " + order.operation() + " at " + host.node + ": " + outcome);
    if (outcome instanceof Outcome.Applied applied) {
      int proposer = caller.workload.applied(host, order.operation(), floor, applied);
      attempts.answered(host.node, proposer, applied);
      if (proposer != host.node && !applied.ballot().isNone()) {
        world.mark(CoverageMark.REPEATED_BEFORE_APPLIED);
      }
      if (applied.deduplicated() && !order.newEntry().requestId().isEmpty()) {
        world.mark(CoverageMark.REQUEST_REPEATED);
      }
      end(outcome);
    } else if (outcome instanceof Outcome.Unavailable
        || outcome instanceof Outcome.Quarantined
        || outcome instanceof Outcome.Overloaded) {
      world.mark(CoverageMark.OUTCOME_UNAVAILABLE);
      caller.workload.honest.refused(order.operation());
      if (outcome instanceof Outcome.Quarantined) {
        caller.leaveHost();
      }
      if (caller.rng.below(4) == 0 && !world.isCalm()) {
        end(outcome);
      } else {
        again(caller.rng.around(100 * MILLIS));
      }
    } else if (outcome instanceof Outcome.Indeterminate) {
      world.mark(CoverageMark.OUTCOME_INDETERMINATE);
      caller.workload.honest.uncertain(order.operation());
      if (order.isRepeatable()) {
        again(caller.rng.around(20 * MILLIS));
      } else {
        end(outcome);
      }
    } else {
      refused(outcome);
    }
  }

  private void refused(Outcome outcome) {
    Entry sent = entry;
    if (sent != null) {
      caller.workload.referenceModel().refused(sent, outcome);
    }
    caller.workload.honest.refused(order.operation());
    end(outcome);
  }

  private void end(@Nullable Outcome outcome) {
    caller.operationEnded();
    ended.accept(outcome);
  }
}
