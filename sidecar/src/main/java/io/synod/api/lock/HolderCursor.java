package io.synod.api.lock;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.Cursor;
import io.synod.api.call.Desk;
import io.synod.api.call.Refusal;
import io.synod.state.State;
import io.synod.v1.Holder;

/** One who follows the holder of a lock: is told the newest, and not each one between. */
final class HolderCursor extends Cursor<Holder> {
  private final Desk desk;
  private final Tenures here;
  private final String lock;
  private boolean told;
  private long toldToken;

  HolderCursor(StreamObserver<Holder> observer, Desk desk, Tenures here, String lock) {
    super(observer, desk.workers().pumps());
    this.desk = desk;
    this.here = here;
    this.lock = lock;
  }

  @Override
  protected void advance() {
    if (desk.node().isQuarantined()) {
      throw Refusal.quarantined();
    }
    State now = desk.node().state();
    long token = HolderForm.token(now.lock(lock));
    if ((told && token == toldToken) || !ready()) {
      return;
    }
    told = true;
    toldToken = token;
    send(HolderForm.of(now, lock, here).setInfo(desk.infos().at(now.index())).build());
  }
}
