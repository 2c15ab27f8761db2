package io.synod.runtime.engine;

import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.SessionKeepAlive;
import io.synod.state.Lock;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Calls of applications beside the nodes of a cluster, for sessions and locks. */
public final class TestLocks {
  public static final Duration TEN = Duration.ofSeconds(10);

  private final TestCluster cluster;

  public TestLocks(TestCluster cluster) {
    this.cluster = cluster;
  }

  public static Payload text(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Opens a session that is not renewed. */
  public long open(int node, Duration ttl) {
    Payload order = new SystemCommands.Open(ttl.toMillis()).encode();
    return applied(
        cluster.node(node).proposer().open(NewEntry.of(Entry.Kind.OPEN_SESSION, order), TEN));
  }

  /** Requests a lock. */
  public CompletableFuture<Outcome> hold(int node, String lock, Duration ttl) {
    Payload order = new SystemCommands.Hold(lock, text("n" + node), ttl.toMillis(), false).encode();
    return cluster.node(node).proposer().open(NewEntry.of(Entry.Kind.HOLD, order), TEN);
  }

  /** Renews a session, without a listener. */
  public SessionKeepAlive.KeptSession keep(int node, long session, Duration ttl) {
    return cluster.node(node).sessionKeepAlive().keep(session, ttl, Long.MIN_VALUE, () -> {});
  }

  /** Closes a session. */
  public CompletableFuture<Outcome> close(int node, long session) {
    return cluster
        .node(node)
        .proposer()
        .propose(
            NewEntry.of(Entry.Kind.CLOSE_SESSION, Payload.EMPTY)
                .under(node, new Entry.Key(session, 1), 0),
            TEN);
  }

  /** Writes a pair. */
  public long put(int node, Op.Put put) {
    return applied(
        cluster
            .node(node)
            .proposer()
            .propose(NewEntry.of(Entry.Kind.KV, Txn.of(put).encode()), TEN));
  }

  /** Advances time until the command is applied; returns its index. */
  public long applied(CompletableFuture<Outcome> outcome) {
    Outcome known = cluster.await(outcome);
    if (known instanceof Outcome.Applied applied) {
      return applied.index();
    }
    throw new AssertionError("not applied: " + known);
  }

  /** The session that holds a lock, as {@code node} sees it; 0 if none does. */
  public long holder(int node, String lock) {
    Lock held = cluster.node(node).reads().state().lock(lock);
    return held == null ? 0 : held.holder().session();
  }

  public boolean isOpen(int node, long session) {
    State state = cluster.node(node).reads().state();
    return state.session(session) != null;
  }
}
