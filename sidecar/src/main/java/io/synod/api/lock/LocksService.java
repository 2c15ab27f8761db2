package io.synod.api.lock;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.Deadlines;
import io.synod.api.call.IdempotencyKey;
import io.synod.api.call.OutcomeErrors;
import io.synod.api.call.Proposals;
import io.synod.api.call.ReadRequirement;
import io.synod.api.call.RequestFields;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StreamCursors;
import io.synod.api.call.UnaryReply;
import io.synod.runtime.node.LockHolds;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Reply.Released;
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

/** The service of locks and elections. */
public final class LocksService extends LocksGrpc.LocksImplBase {
  private static final int VALUE_BYTES_MAX = 4 << 10;
  private static final Duration PATIENCE_MAX = Duration.ofMinutes(1);
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final Duration TTL_MIN = Duration.ofSeconds(1);
  private static final Duration TTL_MAX = Duration.ofHours(1);
  private static final IdempotencyKey FORCED_AGAIN =
      IdempotencyKey.none("repeating it with force releases the lock whoever holds it by then");

  private final ServiceContext context;
  private final Node node;
  private final Proposals proposals;
  private final StreamCursors holds;
  private final StreamCursors observers;

  public LocksService(
      ServiceContext context, Proposals proposals, StreamCursors holds, StreamCursors observers) {
    this.context = context;
    this.node = context.node();
    this.proposals = proposals;
    this.holds = holds;
    this.observers = observers;
  }

  @Override
  public void hold(HoldRequest request, StreamObserver<HoldEvent> observer) {
    new UnaryReply<>(observer)
        .guard(
            () -> {
              LockHolds.Terms terms = terms(request);
              proposals.admit();
              HoldCursor cursor =
                  new HoldCursor(observer, context.workers().pumps(), node.lockHolds(), terms);
              holds.open(cursor, cursor::release);
              cursor.propose();
            });
  }

  private static LockHolds.Terms terms(HoldRequest request) {
    String name = RequestFields.lock("name", request.getName());
    Payload value = RequestFields.bytes("value", request.getValue(), VALUE_BYTES_MAX);
    Duration ttl =
        request.hasTtl() ? RequestFields.between("ttl", request.getTtl(), TTL_MIN, TTL_MAX) : TTL;
    Duration wait =
        request.hasWait() ? RequestFields.atLeast("wait", request.getWait(), Duration.ZERO) : null;
    boolean once = wait != null && wait.isZero();
    return new LockHolds.Terms(
        new SystemCommands.Hold(name, value, ttl.toMillis(), once),
        once ? null : wait,
        patience(wait));
  }

  /** How long the proposal may take: as long as the hold may queue, or as any call waits. */
  private static Duration patience(@Nullable Duration wait) {
    Duration usual = Deadlines.ofCall();
    Duration queued = wait == null || wait.compareTo(PATIENCE_MAX) > 0 ? PATIENCE_MAX : wait;
    return wait == null || queued.compareTo(usual) < 0 ? usual : queued;
  }

  @Override
  public void getHolder(GetHolderRequest request, StreamObserver<Holder> observer) {
    UnaryReply<Holder> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          String name = RequestFields.lock("name", request.getName());
          ReadRequirement requirement = ReadRequirement.of(request.getOptions());
          unaryReply.whenRead(
              requirement.request(node.reads()),
              readFreshness -> unaryReply.send(holder(name, requirement, readFreshness)));
        });
  }

  private Holder holder(String name, ReadRequirement requirement, ReadFreshness readFreshness) {
    ReadFreshness.Fresh fresh =
        OutcomeErrors.fresh(readFreshness, node.inspection().status().leaderContactNanos());
    State now = node.reads().state();
    return HolderMessages.of(now, name, node.lockHolds())
        .setInfo(context.infos().read(requirement.level(), fresh, now.index()))
        .build();
  }

  @Override
  public void observeHolder(ObserveHolderRequest request, StreamObserver<Holder> observer) {
    new UnaryReply<>(observer)
        .guard(
            () -> {
              String name = RequestFields.lock("name", request.getName());
              observers.open(new HolderCursor(observer, context, name), () -> {});
            });
  }

  @Override
  public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> observer) {
    UnaryReply<ReleaseResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          String name = RequestFields.lock("name", request.getName());
          boolean force = request.getForce();
          long token =
              force
                  ? RequestFields.number("fencing_token", request.getFencingToken())
                  : RequestFields.positive("fencing_token", request.getFencingToken());
          NewEntry release =
              NewEntry.of(
                  Entry.Kind.RELEASE, new SystemCommands.Release(name, token, force).encode());
          if (force) {
            // A forced release must not take the lock from a holder that this sidecar has not seen
            // yet.
            unaryReply.whenRead(
                new ReadRequirement(ReadLevel.STRONG, Duration.ZERO, 0).request(node.reads()),
                readFreshness -> {
                  OutcomeErrors.fresh(readFreshness, node.inspection());
                  unaryReply.when(
                      node.proposer().propose(release, Deadlines.ofCall()),
                      outcome -> unaryReply.send(released(outcome, FORCED_AGAIN)));
                });
          } else {
            unaryReply.when(
                node.proposer().propose(release, Deadlines.ofCall()),
                outcome -> unaryReply.send(released(outcome, IdempotencyKey.HARMLESS)));
          }
        });
  }

  private ReleaseResponse released(Outcome outcome, IdempotencyKey idempotencyKey) {
    Outcome.Applied applied = OutcomeErrors.applied(outcome, idempotencyKey);
    long token = applied.reply() instanceof Released released ? released.token() : 0;
    return ReleaseResponse.newBuilder()
        .setInfo(context.infos().including(applied.index()))
        .setReleasedToken(token)
        .build();
  }
}
