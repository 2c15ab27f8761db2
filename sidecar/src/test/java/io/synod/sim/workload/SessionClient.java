package io.synod.sim.workload;

import io.synod.runtime.hold.KeptSessions;
import io.synod.runtime.hold.KeptSessions.KeepResult;
import io.synod.runtime.node.Node;
import io.synod.sim.check.Violation;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import org.jspecify.annotations.Nullable;

/** A session with a time to live, which an application keeps over a stream from a sidecar. */
final class SessionClient {
  private static final long LOOK_AGAIN_NANOS = 20_000_000L;

  private final Workload workload;
  private final World world;
  private final Rng rng;
  private final long session;
  private @Nullable ClientStream stream;
  private @Nullable KeptSessions kept;
  private boolean over;

  SessionClient(Workload workload, Rng rng, long session) {
    this.workload = workload;
    this.world = workload.world();
    this.rng = rng;
    this.session = session;
  }

  /** Keeps the session at this host from now on. */
  void keep(Host at, Node node) {
    release();
    Pump pump = new Pump(node);
    ClientStream opened = new ClientStream(world, rng, at, pump);
    KeptSessions sessions =
        new KeptSessions(node.sessionKeepAlive(), node.reads()::state, opened::signal);
    pump.begin(opened, sessions);
    stream = opened;
    kept = sessions;
    name(opened, sessions);
  }

  /** Registers the session, and tries again if the node has not applied its opening yet. */
  private void name(ClientStream opened, KeptSessions sessions) {
    if (stream == opened
        && !opened.isBroken()
        && sessions.keep(session) == KeepResult.NOT_YET_APPLIED) {
      world.eventQueue().in(LOOK_AGAIN_NANOS, () -> name(opened, sessions));
    }
  }

  /** Sends news of the session. */
  private final class Pump implements Runnable {
    private final Node node;
    private @Nullable ClientStream out;
    private @Nullable KeptSessions sessions;

    private Pump(Node node) {
      this.node = node;
    }

    private void begin(ClientStream to, KeptSessions from) {
      out = to;
      sessions = from;
    }

    @Override
    public void run() {
      ClientStream to = out;
      KeptSessions from = sessions;
      while (to != null && from != null && to.isReady()) {
        KeptSessions.Update update = from.next();
        if (update == null) {
          return;
        }
        check(update);
        Host host = to.host();
        to.send(() -> onUpdate(host, update));
      }
    }

    private void check(KeptSessions.Update update) {
      long index = node.reads().state().index();
      if (update.over() == workload.referenceModel().isOpenAt(session, index)) {
        throw new Violation("I13", "at index " + index + " an application is told " + update);
      }
    }
  }

  private void onUpdate(Host host, KeptSessions.Update update) {
    if (update.over()) {
      over = true;
    } else if (update.validNanos() > 0) {
      long until = host.clock.worldAt(host.clock.nanos() + update.validNanos());
      workload.exclusion.valid(session, world.trueNow(), until);
    }
  }

  /** Whether the stream that keeps it is open. */
  boolean isKept() {
    ClientStream now = stream;
    return now != null && !now.isBroken();
  }

  /** Stops keeping the session without closing it. */
  void release() {
    KeptSessions now = kept;
    ClientStream open = stream;
    if (now != null && open != null) {
      open.close();
      if (!open.isBroken()) {
        now.release();
      }
    }
    kept = null;
    stream = null;
  }

  /** Whether the application was told that the session is over. */
  boolean isOver() {
    return over;
  }
}
