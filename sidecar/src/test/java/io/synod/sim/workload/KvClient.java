package io.synod.sim.workload;

import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.Violation;
import io.synod.sim.check.client.SubmittedCommand;
import io.synod.sim.cluster.Host;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.result.KeyValue;
import io.synod.state.result.OpResult;
import io.synod.state.result.Reply;
import java.time.Duration;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An application that writes pairs and locks in a session of its own, which it keeps, with several
 * operations in flight. At times it lets the session expire, or reuses a sequence incorrectly.
 */
final class KvClient extends SimulatedClient {
  private static final int FLYING_MAX = 3;

  private final KvOperations orders;
  private final TreeSet<Long> open = new TreeSet<>();
  private @Nullable SessionClient sessionClient;
  private @Nullable Entry last;
  private long session;
  private long sequence;
  private boolean opening;
  private boolean careless;

  KvClient(Workload workload, Rng rng) {
    super(workload, rng);
    this.orders = new KvOperations(workload, rng.fork());
  }

  @Override
  protected void act(Host host, Node node) {
    if (session == 0) {
      if (!opening) {
        open(host, node);
      }
    } else {
      keep(host, node);
      if (rng.below(40) == 0) {
        misbehave(host, node);
      } else if (open.size() < FLYING_MAX) {
        propose(host, node);
      }
    }
    pause();
  }

  @Override
  void retire() {
    SessionClient now = sessionClient;
    if (now != null) {
      now.release();
    }
  }

  // ---- its session

  private void open(Host host, Node node) {
    opening = true;
    boolean stays = rng.below(3) == 0;
    Duration ttl = Duration.ofMillis(stays ? 0 : world.profile().ttlMillis);
    NewEntry newEntry =
        new NewEntry(
            Entry.Kind.OPEN_SESSION, "kv", "", new SystemCommands.Open(ttl.toMillis()).encode());
    call(
        host,
        patience -> node.proposer().open(newEntry, patience),
        outcome -> {
          opening = false;
          if (outcome instanceof Outcome.Applied applied) {
            workload.onApplied(host, applied);
            begin(applied.index());
            if (!stays) {
              sessionClient = new SessionClient(workload, rng.fork(), session);
              sessionClient.keep(host, node);
            }
          }
        },
        () -> opening = false);
  }

  private void begin(long id) {
    session = id;
    sequence = 0;
    open.clear();
    last = null;
    sessionClient = null;
    careless = rng.below(3) == 0;
  }

  private void keep(Host host, Node node) {
    SessionClient now = sessionClient;
    if (now == null) {
      return;
    }
    if (careless && rng.below(30) == 0) {
      now.release();
      sessionClient = null;
    } else if (now.isOver()) {
      session = 0;
      sessionClient = null;
    } else if (!now.isKept() || rng.below(40) == 0) {
      now.keep(host, node);
    }
  }

  // ---- its operations

  private void propose(Host host, Node node) {
    Operation.Order order = orders.next(session);
    int what = rng.below(100);
    if (what < 20) {
      order = order.named("k" + order.operation());
    } else if (what >= 35) {
      long next = ++sequence;
      open.add(next);
      order = order.under(new Entry.Key(session, next), open.first());
    }
    Operation.Order sent = order;
    new Operation(this, order, outcome -> ended(sent, outcome)).begin(host, node);
  }

  private void ended(Operation.Order order, @Nullable Outcome outcome) {
    Entry.Key key = order.key();
    if (key != null && key.session() == session) {
      open.remove(key.sequence());
    }
    if (outcome instanceof Outcome.Applied applied) {
      last = key == null ? last : order.newEntry().under(1, key, 1);
      learn(applied.reply());
    } else if (outcome instanceof Outcome.SessionUnknown unknown) {
      world.mark(CoverageMark.SESSION_LOST);
      session = unknown.session() == session ? 0 : session;
    } else if (outcome instanceof Outcome.WithoutEffect) {
      world.mark(CoverageMark.REFUSED_BY_STATE);
    }
  }

  private void learn(Reply reply) {
    if (reply instanceof Reply.Done done) {
      for (OpResult result : done.results()) {
        KeyValue pair = result.kv();
        if (pair != null) {
          orders.saw(pair);
        }
      }
    }
  }

  /** Repeats its last operation, or reuses the sequence for another one. */
  private void misbehave(Host host, Node node) {
    Entry before = last;
    if (before == null || before.session() != session) {
      return;
    }
    Entry again =
        rng.below(2) == 0
            ? before
            : new NewEntry(Entry.Kind.COMMAND, "other", "", SubmittedCommand.payload(0, 8))
                .under(host.node, before.key(), 1);
    call(
        host,
        patience -> node.proposer().propose(again, patience),
        outcome -> {
          if (outcome instanceof Outcome.Applied applied) {
            if (!again.equals(before)) {
              throw new Violation("I9", "another payload under " + before + " is " + outcome);
            }
            workload.onApplied(host, applied);
          } else if (!isOpen(outcome)) {
            world.mark(CoverageMark.MISUSE_REFUSED);
            workload.referenceModel().refused(again, outcome);
          }
        },
        () -> {});
  }

  private static boolean isOpen(Outcome outcome) {
    return outcome instanceof Outcome.Indeterminate
        || outcome instanceof Outcome.Unavailable
        || outcome instanceof Outcome.Quarantined
        || outcome instanceof Outcome.Overloaded;
  }
}
