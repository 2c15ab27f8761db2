package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.api.Calls;
import io.synod.api.Held;
import io.synod.api.Refused;
import io.synod.api.Served;
import io.synod.api.SingleNode;
import io.synod.api.Taker;
import io.synod.api.server.ApiLimits;
import io.synod.runtime.port.Bounds;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Orders;
import io.synod.state.Payload;
import io.synod.v1.GetSnapshotRequest;
import io.synod.v1.GetSnapshotResponse;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.ReadRequest;
import io.synod.v1.ReadResponse;
import io.synod.v1.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers that had all the time in the world, and went away: nothing of them stays behind. */
@Timeout(60)
final class DepartedTest {
  private static LogGrpc.LogStub patient(LogGrpc.LogStub stub) {
    return stub.withDeadlineAfter(1, TimeUnit.HOURS);
  }

  @Test
  void waitNoLongerForAConsumer() throws IOException {
    try (Served served = new Served()) {
      Taker<ProposeRequest, ProposeResponse> taker = new Taker<>();
      patient(LogGrpc.newStub(served.channel))
          .propose(ProposeRequest.newBuilder().setWaitForConsumer("c").build(), taker);
      Held.until(() -> served.services.waiting() == 2);

      taker.cancel();

      Held.until(() -> served.services.waiting() == 0);
      assertThat(served.node.log.indexes()).as("it is in the log").containsExactly(1L, 2L);
    }
  }

  @Test
  void waitNoLongerForASnapshot() throws IOException {
    try (Served served = new Served()) {
      Orders.Store order = new Orders.Store("c", 1, "v1", 5, Payload.of(new byte[32]), 2, false);
      served.node.log.apply(
          served.node.log.placed(Draft.of(Entry.Kind.STORE, order.encode()), 2, 1));
      Taker<GetSnapshotRequest, GetSnapshotResponse> taker = new Taker<>();
      patient(LogGrpc.newStub(served.channel))
          .getSnapshot(GetSnapshotRequest.newBuilder().setConsumer("c").build(), taker);
      Held.until(() -> served.services.openDownloads() == 1 && served.services.waiting() == 1);

      taker.cancel();

      Held.until(() -> served.services.openDownloads() == 0 && served.services.waiting() == 0);
    }
  }

  private static ReadRequest local(long atLeast) {
    return Calls.read(
        ReadOptions.newBuilder().setLevel(ReadLevel.READ_LEVEL_LOCAL).setAtLeastIndex(atLeast));
  }

  @Test
  void takeNoReadFromThoseWhoAreStillThere(@TempDir Path folder) throws Exception {
    int readsMax = 4;
    Bounds usual = Bounds.defaults();
    Bounds bounds =
        new Bounds(
            usual.pendingMax(),
            usual.pendingBytesMax(),
            readsMax,
            usual.mailboxMax(),
            usual.mailboxBytesMax(),
            usual.recentBytesMax(),
            usual.statesMax());
    SingleNode.Setup setup = new SingleNode.Setup(1, ApiLimits.defaults(), bounds);
    try (SingleNode node = new SingleNode(folder, setup)) {
      List<Taker<ReadRequest, ReadResponse>> waiting = new ArrayList<>();
      LogGrpc.LogBlockingStub log = LogGrpc.newBlockingStub(node.channel);
      while (!isRefused(log)) {
        Taker<ReadRequest, ReadResponse> taker = new Taker<>();
        patient(LogGrpc.newStub(node.channel)).read(local(1L << 40), taker);
        waiting.add(taker);
      }

      waiting.forEach(Taker::cancel);

      Held.until(() -> !isRefused(log));
    }
  }

  private static boolean isRefused(LogGrpc.LogBlockingStub log) {
    try {
      return log.read(local(0)).getEntriesCount() < 0;
    } catch (io.grpc.StatusRuntimeException e) {
      return Refused.of(e).reason() == Reason.OVERLOADED;
    }
  }
}
