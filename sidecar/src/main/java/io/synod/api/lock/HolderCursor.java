package io.synod.api.lock;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.StreamCursor;
import io.synod.runtime.node.LockHolds;
import io.synod.state.State;
import io.synod.v1.Holder;

/** One ObserveHolder stream: sends the newest holder, and may skip holders between. */
final class HolderCursor extends StreamCursor<Holder> {
  private final ServiceContext context;
  private final String lock;
  private boolean sent;
  private long sentToken;

  HolderCursor(StreamObserver<Holder> observer, ServiceContext context, String lock) {
    super(observer, context.workers().pumps());
    this.context = context;
    this.lock = lock;
  }

  @Override
  protected void advance() {
    if (context.node().reads().isQuarantined()) {
      throw StatusErrors.quarantined();
    }
    State now = context.node().reads().state();
    long token = HolderMessages.token(now.lock(lock));
    if ((sent && token == sentToken) || !ready()) {
      return;
    }
    sent = true;
    sentToken = token;
    LockHolds here = context.node().lockHolds();
    send(HolderMessages.of(now, lock, here).setInfo(context.infos().at(now.index())).build());
  }
}
