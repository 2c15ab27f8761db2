package io.synod.api.lock;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.Again;
import io.synod.api.call.Cursors;
import io.synod.api.call.Desk;
import io.synod.api.call.Fields;
import io.synod.api.call.Outcomes;
import io.synod.api.call.Patience;
import io.synod.api.call.Proposals;
import io.synod.api.call.ReadWish;
import io.synod.api.call.Reply;
import io.synod.runtime.node.Freshness;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadLevel;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Orders;
import io.synod.state.Payload;
import io.synod.state.Reply.Released;
import io.synod.state.State;
import io.synod.v1.GetHolderRequest;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldRequest;
import io.synod.v1.Holder;
import io.synod.v1.LocksGrpc;
import io.synod.v1.ObserveHolderRequest;
import io.synod.v1.ReleaseRequest;
import io.synod.v1.ReleaseResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Locks and elections. */
public final class LocksService extends LocksGrpc.LocksImplBase {
  private static final int VALUE_BYTES_MAX = 4 << 10;
  private static final Duration PATIENCE_MAX = Duration.ofMinutes(1);
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final Duration TTL_MIN = Duration.ofSeconds(1);
  private static final Duration TTL_MAX = Duration.ofHours(1);
  private static final Again FORCED_AGAIN =
      Again.none("asking again with force takes the lock from whoever holds it then");

  private final Desk desk;
  private final Node node;
  private final Proposals proposals;
  private final Cursors holds;
  private final Cursors observers;
  private final Tenures tenures;

  public LocksService(
      Desk desk, Proposals proposals, Cursors holds, Cursors observers, Tenures tenures) {
    this.desk = desk;
    this.node = desk.node();
    this.proposals = proposals;
    this.holds = holds;
    this.observers = observers;
    this.tenures = tenures;
  }

  @Override
  public void hold(HoldRequest request, StreamObserver<HoldEvent> observer) {
    new Reply<>(observer)
        .guard(
            () -> {
              HoldCursor.Wish wish = wish(request);
              proposals.admit();
              HoldCursor cursor = new HoldCursor(observer, desk.workers(), node, tenures, wish);
              holds.open(cursor, cursor::release);
              cursor.propose();
            });
  }

  private static HoldCursor.Wish wish(HoldRequest request) {
    String name = Fields.lock("name", request.getName());
    Payload value = Fields.bytes("value", request.getValue(), VALUE_BYTES_MAX);
    Duration ttl =
        request.hasTtl() ? Fields.between("ttl", request.getTtl(), TTL_MIN, TTL_MAX) : TTL;
    Duration wait =
        request.hasWait() ? Fields.atLeast("wait", request.getWait(), Duration.ZERO) : null;
    boolean once = wait != null && wait.isZero();
    return new HoldCursor.Wish(
        new Orders.Hold(name, value, ttl.toMillis(), once), once ? null : wait, patience(wait));
  }

  /** As long as it would stand in the queue the proposal may take, or what any call waits. */
  private static Duration patience(@Nullable Duration wait) {
    Duration usual = Patience.ofCall();
    Duration queued = wait == null || wait.compareTo(PATIENCE_MAX) > 0 ? PATIENCE_MAX : wait;
    return wait == null || queued.compareTo(usual) < 0 ? usual : queued;
  }

  @Override
  public void getHolder(GetHolderRequest request, StreamObserver<Holder> observer) {
    Reply<Holder> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          String name = Fields.lock("name", request.getName());
          ReadWish wish = ReadWish.of(request.getOptions());
          reply.whenRead(wish.ask(node), freshness -> reply.send(holder(name, wish, freshness)));
        });
  }

  private Holder holder(String name, ReadWish wish, Freshness freshness) {
    Freshness.Fresh fresh = Outcomes.fresh(freshness, node.status().leaderContactNanos());
    State now = node.state();
    return HolderForm.of(now, name, tenures)
        .setInfo(desk.infos().read(wish.level(), fresh, now.index()))
        .build();
  }

  @Override
  public void observeHolder(ObserveHolderRequest request, StreamObserver<Holder> observer) {
    new Reply<>(observer)
        .guard(
            () -> {
              String name = Fields.lock("name", request.getName());
              observers.open(new HolderCursor(observer, desk, tenures, name), () -> {});
            });
  }

  @Override
  public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
    Reply<ReleaseResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          String name = Fields.lock("name", request.getName());
          boolean force = request.getForce();
          long token =
              force
                  ? Fields.number("fencing_token", request.getFencingToken())
                  : Fields.positive("fencing_token", request.getFencingToken());
          Draft release =
              Draft.of(Entry.Kind.RELEASE, new Orders.Release(name, token, force).encode());
          if (force) {
            // It takes the lock from nobody to whom it is granted later than this sidecar has seen.
            reply.whenRead(
                new ReadWish(ReadLevel.STRONG, Duration.ZERO, 0).ask(node),
                freshness -> {
                  Outcomes.fresh(freshness, node);
                  reply.when(
                      node.propose(release, Patience.ofCall()),
                      outcome -> reply.send(released(outcome, FORCED_AGAIN)));
                });
          } else {
            reply.when(
                node.propose(release, Patience.ofCall()),
                outcome -> reply.send(released(outcome, Again.HARMLESS)));
          }
        });
  }

  private ReleaseResponse released(Outcome outcome, Again again) {
    Outcome.Applied applied = Outcomes.applied(outcome, again);
    long token = applied.reply() instanceof Released released ? released.token() : 0;
    return ReleaseResponse.newBuilder()
        .setInfo(desk.infos().including(applied.index()))
        .setReleasedToken(token)
        .build();
  }
}
