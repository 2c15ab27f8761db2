package io.synod.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.synod.api.Held;
import io.synod.api.MemoryNode;
import io.synod.api.Refused;
import io.synod.api.Served;
import io.synod.api.Taker;
import io.synod.api.Watcher;
import io.synod.api.call.Again;
import io.synod.api.call.Outcomes;
import io.synod.runtime.node.Freshness;
import io.synod.runtime.node.Outcome;
import io.synod.state.Entry;
import io.synod.v1.AdminGrpc;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.LocksGrpc;
import io.synod.v1.ObserveHolderRequest;
import io.synod.v1.Reason;
import io.synod.v1.WatchRequest;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers are told by a node whose state is not that of the others. */
@Timeout(60)
final class QuarantinedTest {

  private static void assertQuarantined(Refused refused) {
    assertThat(refused.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(refused.reason()).isEqualTo(Reason.QUARANTINED);
  }

  @Test
  void refusesReadsAndProposals() {
    assertQuarantined(Refused.by(() -> Outcomes.fresh(new Freshness.Quarantined(), 0)));
    assertQuarantined(Refused.by(() -> Outcomes.applied(new Outcome.Quarantined(), Again.SECOND)));
  }

  @Test
  void endsAWatch() throws IOException {
    try (Served served = new Served()) {
      Watcher watcher = Watcher.open(served, WatchRequest.newBuilder().setStartIndex(1).build());
      assertThat(watcher.next().hasStarted()).isTrue();
      assertThat(watcher.mark().getCaughtUp()).isTrue();
      served.node.quarantine();
      served.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 1));
      assertQuarantined(watcher.refused());
    }
  }

  @Test
  void endsAHoldWithoutSayingThatNothingWasDone() throws IOException {
    try (Served served = new Served()) {
      Taker<HoldRequest, HoldEvent> holder = Held.hold(served, "l");
      Held.granted(holder);
      Taker<HoldRequest, HoldEvent> waiter = Held.hold(served, "l");
      assertThat(waiter.next().hasWaiting()).isTrue();
      served.node.quarantine();
      served.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 1));

      assertThat(Held.lost(holder)).isEqualTo(HoldEvent.Lost.Reason.REASON_EXPIRED);
      assertThat(Held.lost(waiter)).isEqualTo(HoldEvent.Lost.Reason.REASON_EXPIRED);
      assertQuarantined(Held.hold(served, "other").refused());
    }
  }

  @Test
  void opensNoStreamOfTheState() throws IOException {
    try (Served served = new Served()) {
      served.node.quarantine();
      KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(served.channel);
      assertQuarantined(
          Refused.by(() -> kv.watch(KvWatchRequest.newBuilder().setKey("k").build()).next()));
      LocksGrpc.LocksBlockingStub locks = LocksGrpc.newBlockingStub(served.channel);
      assertQuarantined(
          Refused.by(
              () ->
                  locks
                      .observeHolder(ObserveHolderRequest.newBuilder().setName("l").build())
                      .next()));
      AdminGrpc.AdminBlockingStub admin = AdminGrpc.newBlockingStub(served.channel);
      assertThat(admin.getStatus(GetStatusRequest.getDefaultInstance()).getAlarmsList())
          .contains("quarantined");
    }
  }
}
