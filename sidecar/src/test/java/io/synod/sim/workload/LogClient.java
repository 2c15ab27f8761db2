package io.synod.sim.workload;

import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.CompactedException;
import io.synod.runtime.port.JournalException;
import io.synod.sim.check.Violation;
import io.synod.sim.check.client.SubmittedCommand;
import io.synod.sim.cluster.Host;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.state.command.Entry;
import io.synod.state.encoding.Payload;

/**
 * An application with its own state machine. It proposes in a session and repeats elsewhere if
 * necessary, with request ids, and without either; it reads at every level, and watches the log. It
 * has one operation in flight at a time.
 */
final class LogClient extends SimulatedClient {
  private final ReadClient readClient;
  private long session;
  private long sequence;
  private long cursor = 1;

  LogClient(Workload workload, Rng rng) {
    super(workload, rng);
    this.readClient = new ReadClient(this);
  }

  @Override
  protected void act(Host host, Node node) {
    if (session == 0) {
      open(host, node);
      return;
    }
    int what = rng.below(100);
    if (what < 45) {
      sequence++;
      errand(order().under(new Entry.Key(session, sequence), sequence)).begin(host, node);
    } else if (what < 52) {
      Operation.Order order = order();
      errand(order.named("r" + order.operation())).begin(host, node);
    } else if (what < 60) {
      errand(order()).begin(host, node);
    } else if (what < 85) {
      readClient.read(host, node, index -> {}, this::pause);
    } else {
      watch(host, node);
    }
  }

  private Operation.Order order() {
    long operation = workload.nextOperation();
    Payload payload =
        SubmittedCommand.payload(operation, rng.below(world.profile().payloadBytesMax));
    return Operation.Order.of(operation, Entry.Kind.COMMAND, payload);
  }

  private Operation errand(Operation.Order order) {
    return new Operation(
        this,
        order,
        outcome -> {
          if (outcome instanceof Outcome.SessionUnknown) {
            session = 0;
            sequence = 0;
          }
          pause();
        });
  }

  private void open(Host host, Node node) {
    call(
        host,
        patience -> node.proposer().openSession("caller", patience),
        outcome -> {
          if (outcome instanceof Outcome.Applied applied) {
            session = applied.index();
            workload.onApplied(host, applied);
          }
          pause();
        },
        this::pause);
  }

  private void watch(Host host, Node node) {
    try {
      AppliedLog.Page page =
          node.appliedLog().page(cursor, 1 + rng.below(30), 200 + rng.below(4_000));
      workload.watches.page(host.node, cursor, page);
      workload.pairs.page(host.node, cursor, page);
      if (page.next() > cursor) {
        world.mark(CoverageMark.WATCH_MOVED);
      }
      cursor = page.next();
    } catch (CompactedException gone) {
      world.mark(CoverageMark.WATCH_COMPACTED);
      workload.pairs.compacted(cursor, gone.oldestIndex());
      cursor = gone.oldestIndex();
    } catch (JournalException failed) {
      if (!host.disk.hasFailed() && !host.isRotten()) {
        throw Violation.unexpected(host.node, failed);
      }
    }
    pause();
  }
}
