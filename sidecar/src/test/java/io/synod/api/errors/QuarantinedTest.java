package io.synod.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.LogWatcher;
import io.synod.api.MemoryNode;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
import io.synod.api.call.IdempotencyKey;
import io.synod.api.call.OutcomeErrors;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadFreshness;
import io.synod.state.command.Entry;
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

/** Tests the answers of a quarantined node. */
@Timeout(60)
final class QuarantinedTest {

  private static void assertQuarantined(CallError callError) {
    assertThat(callError.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(callError.reason()).isEqualTo(Reason.QUARANTINED);
  }

  @Test
  void refusesReadsAndProposals() {
    assertQuarantined(CallError.by(() -> OutcomeErrors.fresh(new ReadFreshness.Quarantined(), 0)));
    assertQuarantined(
        CallError.by(
            () -> OutcomeErrors.applied(new Outcome.Quarantined(), IdempotencyKey.SECOND)));
  }

  @Test
  void endsAWatch() throws IOException {
    try (TestServer server = new TestServer()) {
      LogWatcher watcher =
          LogWatcher.open(server, WatchRequest.newBuilder().setStartIndex(1).build());
      assertThat(watcher.next().hasStarted()).isTrue();
      assertThat(watcher.mark().getCaughtUp()).isTrue();
      server.node.quarantine();
      server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 1));
      assertQuarantined(watcher.callError());
    }
  }

  @Test
  void endsAHoldWithoutSayingThatNothingWasDone() throws IOException {
    try (TestServer server = new TestServer()) {
      StreamCollector<HoldRequest, HoldEvent> holder = TestHolds.hold(server, "l");
      TestHolds.granted(holder);
      StreamCollector<HoldRequest, HoldEvent> waiter = TestHolds.hold(server, "l");
      assertThat(waiter.next().hasWaiting()).isTrue();
      server.node.quarantine();
      server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 1));

      assertThat(TestHolds.lost(holder)).isEqualTo(HoldEvent.Lost.Reason.REASON_EXPIRED);
      assertThat(TestHolds.lost(waiter)).isEqualTo(HoldEvent.Lost.Reason.REASON_EXPIRED);
      assertQuarantined(TestHolds.hold(server, "other").callError());
    }
  }

  @Test
  void opensNoStreamOfTheState() throws IOException {
    try (TestServer server = new TestServer()) {
      server.node.quarantine();
      KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(server.channel);
      assertQuarantined(
          CallError.by(() -> kv.watch(KvWatchRequest.newBuilder().setKey("k").build()).next()));
      LocksGrpc.LocksBlockingStub locks = LocksGrpc.newBlockingStub(server.channel);
      assertQuarantined(
          CallError.by(
              () ->
                  locks
                      .observeHolder(ObserveHolderRequest.newBuilder().setName("l").build())
                      .next()));
      AdminGrpc.AdminBlockingStub admin = AdminGrpc.newBlockingStub(server.channel);
      assertThat(admin.getStatus(GetStatusRequest.getDefaultInstance()).getAlarmsList())
          .contains("quarantined");
    }
  }
}
