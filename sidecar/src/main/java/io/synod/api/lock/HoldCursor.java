package io.synod.api.lock;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.ErrorMapping;
import io.synod.api.call.IdempotencyKey;
import io.synod.api.call.OutcomeErrors;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.StreamCursor;
import io.synod.runtime.node.HoldUpdate;
import io.synod.runtime.node.LockHold;
import io.synod.runtime.node.LockHolds;
import io.synod.runtime.node.Outcome;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldEvent.Lost.Reason;
import java.util.concurrent.Executor;

/** One Hold stream: converts the updates of a hold into messages. */
final class HoldCursor extends StreamCursor<HoldEvent> implements LockHold.Owner {
  private final LockHold hold;

  HoldCursor(
      StreamObserver<HoldEvent> observer,
      Executor executor,
      LockHolds holds,
      LockHolds.Terms terms) {
    super(observer, executor);
    this.hold = holds.hold(terms, this::signal);
  }

  /** Proposes the hold. To be called once the stream is open. */
  void propose() {
    hold.begin();
  }

  /** Releases the hold at once; any thread may call it, and more than once. */
  void release() {
    hold.release();
  }

  @Override
  protected void advance() {
    hold.reportTo(this);
  }

  @Override
  protected void stopped() {
    hold.stop(this);
  }

  @Override
  public boolean isReady() {
    return ready();
  }

  @Override
  public void onUpdate(HoldUpdate update) {
    if (update instanceof HoldUpdate.Refused refused) {
      throw refused.outcome() instanceof Outcome.Indeterminate
          ? StatusErrors.holdUnknown()
          : OutcomeErrors.refusal(refused.outcome(), IdempotencyKey.HARMLESS);
    } else if (update instanceof HoldUpdate.Broken broken) {
      throw ErrorMapping.refusal(broken.cause());
    }
    send(event(update));
    if (update instanceof HoldUpdate.Lost) {
      finish();
    }
  }

  private static HoldEvent event(HoldUpdate update) {
    HoldEvent.Builder event = HoldEvent.newBuilder();
    if (update instanceof HoldUpdate.Waiting waiting) {
      event.setWaiting(
          HoldEvent.Waiting.newBuilder()
              .setPosition(waiting.position())
              .setHolderNodeId(CommonMessages.node(waiting.holderNode())));
    } else if (update instanceof HoldUpdate.Granted granted) {
      event.setGranted(
          HoldEvent.Granted.newBuilder()
              .setFencingToken(granted.token())
              .setValidFor(CommonMessages.duration(granted.validNanos())));
    } else if (update instanceof HoldUpdate.Renewed renewed) {
      event.setRenewed(
          HoldEvent.Renewed.newBuilder()
              .setValidFor(CommonMessages.duration(renewed.validNanos())));
    } else if (update instanceof HoldUpdate.Lost lost) {
      event.setLost(HoldEvent.Lost.newBuilder().setReason(reason(lost.reason())));
    }
    return event.build();
  }

  private static Reason reason(HoldUpdate.Reason why) {
    return switch (why) {
      case NOT_GRANTED -> Reason.REASON_NOT_GRANTED;
      case EXPIRED -> Reason.REASON_EXPIRED;
      case RELEASED -> Reason.REASON_RELEASED;
      case SHUTTING_DOWN -> Reason.REASON_SHUTTING_DOWN;
    };
  }
}
