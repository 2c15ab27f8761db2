package io.synod.sim.workload;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.port.StreamWriter;
import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.state.Consumer;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Reply;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a consumer beside one host: it acknowledges what it applied with a digest, hands over
 * snapshots of its state, and reads back snapshots of any copy.
 */
final class ConsumerClient extends SimulatedClient {
  static final String CONSUMER = "ledger";

  private final Host home;
  private long acked;

  ConsumerClient(Workload workload, Rng rng, Host home) {
    super(workload, rng);
    this.home = home;
  }

  @Override
  protected void act(Host any, Node other) {
    Node node = nodeAt(home);
    if (node != null && home.isServed()) {
      int what = rng.below(12);
      if (what == 0) {
        handOver(node);
      } else if (what < 4) {
        restore(node);
      } else {
        acknowledge(node);
      }
    }
    later(rng.around(4 * world.profile().thinkNanos), this::step);
  }

  private void acknowledge(Node node) {
    long applied = node.appliedLog().appliedIndex();
    long index = Math.max(0, applied - rng.below(10));
    boolean acknowledgement = rng.below(8) != 0;
    Payload digest =
        acknowledgement
            ? Payload.of(("after " + index).getBytes(StandardCharsets.US_ASCII))
            : Payload.EMPTY;
    call(
        home,
        patience -> node.consumers().acknowledge(CONSUMER, index, digest, patience),
        outcome -> {
          if (outcome instanceof Outcome.Applied is
              && is.reply() instanceof Reply.Acknowledged reply) {
            workload.onApplied(home, is);
            if (reply.index() < Math.max(acked, index)) {
              throw new Violation(
                  "I10", "acknowledged " + reply.index() + " after " + acked + " and " + index);
            }
            acked = reply.index();
            world.mark(CoverageMark.ACKNOWLEDGED);
          }
        },
        () -> {});
  }

  // ---- snapshots

  /** The state of every copy that has applied the log up to this index. */
  static byte[] stateAt(long index) {
    Rng content = new Rng(index);
    byte[] state = new byte[content.below(1_200)];
    for (int i = 0; i < state.length; i++) {
      state[i] = (byte) content.below(256);
    }
    return state;
  }

  private void handOver(Node node) {
    long index = node.reads().state().index();
    byte[] state = stateAt(index);
    Consumer known = node.reads().state().consumer(CONSUMER);
    Consumer.Snapshot safe = known == null ? null : known.safeSnapshot();
    if (index == 0 || (safe != null && safe.index() > index)) {
      return;
    }
    SystemCommands.Store order;
    try (StreamWriter streamWriter = node.consumers().appSnapshots().stage(CONSUMER, index)) {
      streamWriter.append(state);
      Payload sha256 = Payload.of(streamWriter.sha256().array());
      int quorum = world.profile().voters / 2 + 1;
      order = new SystemCommands.Store(CONSUMER, index, "f", state.length, sha256, quorum, false);
      streamWriter.seal();
    } catch (JournalException unfit) {
      return;
    }
    call(
        home,
        patience ->
            node.proposer().propose(NewEntry.of(Entry.Kind.STORE, order.encode()), patience),
        outcome -> {
          if (outcome instanceof Outcome.Applied is) {
            workload.onApplied(home, is);
            world.mark(CoverageMark.HANDED_TO_A_SIDECAR);
          }
        },
        () -> {});
  }

  private void restore(Node node) {
    Consumer consumer = node.reads().state().consumer(CONSUMER);
    for (Consumer.Snapshot one :
        consumer == null ? List.<Consumer.Snapshot>of() : consumer.newestSnapshots()) {
      try (StreamReader here = open(node, one)) {
        if (here != null) {
          take(one, here);
          return;
        }
      } catch (JournalException damaged) {
        world.mark(CoverageMark.DAMAGED_STREAM_NAMED);
        return;
      }
    }
  }

  /** Opens a snapshot as the sidecar serves it; null if it is missing or a different one. */
  static @Nullable StreamReader open(Node node, Consumer.Snapshot requested) {
    StreamReader here = node.consumers().appSnapshots().open(CONSUMER, requested.index());
    if (here != null && !here.sha256().equals(Bytes.of(requested.sha256().bytes()))) {
      here.close();
      return null;
    }
    return here;
  }

  /** Reads a snapshot in parts, and compares it with the state that was handed over. */
  private void take(Consumer.Snapshot snapshot, StreamReader here) {
    byte[] state = stateAt(snapshot.index());
    int at = 0;
    while (at < here.bytes()) {
      byte[] part = here.read(at, 1 + rng.below(500));
      for (byte one : part) {
        if (at >= state.length || state[at++] != one) {
          throw new Violation(
              "I18", "node " + home.node + " gives another snapshot of " + snapshot.index());
        }
      }
    }
    if (at != state.length) {
      throw new Violation("I18", "node " + home.node + " gives " + at + " bytes of " + snapshot);
    }
    world.mark(
        snapshot.node() == home.node ? CoverageMark.RESTORED : CoverageMark.RESTORED_ELSEWHERE);
  }
}
