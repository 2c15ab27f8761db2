package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.api.CallError;
import io.synod.api.EveryCall;
import io.synod.api.SingleNode;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
import io.synod.api.server.ApiLimits;
import io.synod.runtime.port.CallerLimits;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
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

/** Tests that calls without a deadline leave nothing behind when they are cancelled. */
@Timeout(60)
final class DepartedTest {
  private static LogGrpc.LogStub patient(LogGrpc.LogStub stub) {
    return stub.withDeadlineAfter(1, TimeUnit.HOURS);
  }

  @Test
  void waitNoLongerForAConsumer() throws IOException {
    try (TestServer server = new TestServer()) {
      StreamCollector<ProposeRequest, ProposeResponse> collector = new StreamCollector<>();
      patient(LogGrpc.newStub(server.channel))
          .propose(ProposeRequest.newBuilder().setWaitForConsumer("c").build(), collector);
      TestHolds.until(() -> server.services.waiting() == 2);

      collector.cancel();

      TestHolds.until(() -> server.services.waiting() == 0);
      assertThat(server.node.log.indexes()).as("it is in the log").containsExactly(1L, 2L);
    }
  }

  @Test
  void waitNoLongerForASnapshot() throws IOException {
    try (TestServer server = new TestServer()) {
      SystemCommands.Store order =
          new SystemCommands.Store("c", 1, "v1", 5, Payload.of(new byte[32]), 2, false);
      server.node.log.apply(
          server.node.log.placed(NewEntry.of(Entry.Kind.STORE, order.encode()), 2, 1));
      StreamCollector<GetSnapshotRequest, GetSnapshotResponse> collector = new StreamCollector<>();
      patient(LogGrpc.newStub(server.channel))
          .getSnapshot(GetSnapshotRequest.newBuilder().setConsumer("c").build(), collector);
      TestHolds.until(() -> server.services.openDownloads() == 1 && server.services.waiting() == 1);

      collector.cancel();

      TestHolds.until(() -> server.services.openDownloads() == 0 && server.services.waiting() == 0);
    }
  }

  private static ReadRequest local(long atLeast) {
    return EveryCall.read(
        ReadOptions.newBuilder().setLevel(ReadLevel.READ_LEVEL_LOCAL).setAtLeastIndex(atLeast));
  }

  @Test
  void takeNoReadFromThoseWhoAreStillThere(@TempDir Path folder) throws Exception {
    int readsMax = 4;
    CallerLimits usual = CallerLimits.defaults();
    CallerLimits callerLimits =
        new CallerLimits(
            usual.pendingMax(),
            usual.pendingBytesMax(),
            readsMax,
            usual.mailboxMax(),
            usual.mailboxBytesMax(),
            usual.recentBytesMax(),
            usual.statesMax());
    SingleNode.Setup setup = new SingleNode.Setup(1, ApiLimits.defaults(), callerLimits);
    try (SingleNode node = new SingleNode(folder, setup)) {
      List<StreamCollector<ReadRequest, ReadResponse>> waiting = new ArrayList<>();
      LogGrpc.LogBlockingStub log = LogGrpc.newBlockingStub(node.channel);
      while (!isRefused(log)) {
        StreamCollector<ReadRequest, ReadResponse> collector = new StreamCollector<>();
        patient(LogGrpc.newStub(node.channel)).read(local(1L << 40), collector);
        waiting.add(collector);
      }

      waiting.forEach(StreamCollector::cancel);

      TestHolds.until(() -> !isRefused(log));
    }
  }

  private static boolean isRefused(LogGrpc.LogBlockingStub log) {
    try {
      return log.read(local(0)).getEntriesCount() < 0;
    } catch (io.grpc.StatusRuntimeException e) {
      return CallError.of(e).reason() == Reason.OVERLOADED;
    }
  }
}
