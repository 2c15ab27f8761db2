package io.synod.api.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.LogWatcher;
import io.synod.api.MemoryNode;
import io.synod.api.NodeCondition;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
import io.synod.api.server.ApiLimits;
import io.synod.runtime.node.AppliedLog;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.v1.AckAppliedRequest;
import io.synod.v1.AdminGrpc;
import io.synod.v1.BarrierRequest;
import io.synod.v1.BarrierResponse;
import io.synod.v1.CompactionInfo;
import io.synod.v1.DropConsumerRequest;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.ListConsumersRequest;
import io.synod.v1.ListConsumersResponse;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.Reason;
import io.synod.v1.StalenessInfo;
import io.synod.v1.WatchRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ConsumersTest {
  private static final long LAPSE_MILLIS = 100_000;

  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server =
        new TestServer(new ApiLimits(1 << 20, 4, 1, 10, 100).withConsumerLapseMillis(LAPSE_MILLIS));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private LogGrpc.LogBlockingStub soon() {
    return server.log().withDeadlineAfter(1_500, TimeUnit.MILLISECONDS);
  }

  /** Proposes a command; returns its index. */
  private long command() {
    AppliedLog.Item item = server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 3));
    return item.index();
  }

  private long ack(long index, String digest) {
    return server
        .log()
        .ackApplied(
            AckAppliedRequest.newBuilder()
                .setConsumer("c")
                .setIndex(index)
                .setStateDigest(ByteString.copyFromUtf8(digest))
                .build())
        .getIndex();
  }

  private long ack(long index) {
    return ack(index, "");
  }

  /** Acknowledges for the copy beside another node. */
  private void ackElsewhere(long index, String digest) {
    SystemCommands.Acknowledge order =
        new SystemCommands.Acknowledge(
            "c", index, Payload.of(ByteString.copyFromUtf8(digest).toByteArray()));
    server.node.log.apply(
        server.node.log.placed(NewEntry.of(Entry.Kind.ACKNOWLEDGE, order.encode()), 2, 1));
  }

  private ListConsumersResponse.Consumer listed() {
    return server.log().listConsumers(ListConsumersRequest.getDefaultInstance()).getConsumers(0);
  }

  private List<String> alarms() {
    return AdminGrpc.newBlockingStub(server.channel)
        .getStatus(GetStatusRequest.getDefaultInstance())
        .getAlarmsList();
  }

  private static WatchRequest.Builder asConsumer() {
    return WatchRequest.newBuilder().setConsumer("c");
  }

  @Test
  void acknowledgesForwardOnly() {
    long first = command();
    long second = command();

    assertThat(ack(second)).isEqualTo(second);
    assertThat(ack(first)).isEqualTo(second);
    assertThat(ack(0)).isEqualTo(second);
    assertThat(listed().getCopies(0).getAckedIndex()).isEqualTo(second);
  }

  @Test
  void acknowledgesNothingThatIsNotAppliedHere() {
    CallError callError = CallError.by(() -> ack(server.node.log.appliedIndex() + 1));

    assertThat(callError.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(callError.metadata("field")).isEqualTo("index");
    assertThat(server.node.state().consumers()).isEmpty();
  }

  @Test
  void goesOnBehindWhatItsOwnCopyAcknowledged() {
    long first = command();
    long second = command();
    ackElsewhere(second, "");
    LogWatcher fresh = LogWatcher.open(server, asConsumer().build());
    assertThat(fresh.started().getStartIndex()).isEqualTo(1);
    assertThat(fresh.next().getBatch().getEntries(0).getIndex()).isEqualTo(first);
    ack(first);

    LogWatcher resumed = LogWatcher.open(server, asConsumer().build());

    assertThat(resumed.started().getStartIndex()).isEqualTo(first + 1);
    assertThat(resumed.next().getBatch().getEntries(0).getIndex()).isEqualTo(second);
  }

  @Test
  void goesOnlyOnWhenItIsSureOfWhatWasAcknowledged() {
    server.node.feel(NodeCondition.ALONE);

    assertThat(LogWatcher.open(server, asConsumer().build()).callError().reason())
        .isEqualTo(Reason.NO_QUORUM);
  }

  @Test
  void isToldWhereToBeginWhenItsPastIsGone() {
    long first = command();
    ack(first);
    long second = command();
    command();
    byte[] digest = new byte[32];
    SystemCommands.Store order =
        new SystemCommands.Store("c", second, "v1", 5, Payload.of(digest), 2, false);
    server.node.order(Entry.Kind.STORE, order.encode());
    server.node.log.trim(second + 1);

    CallError callError = LogWatcher.open(server, asConsumer().build()).callError();

    assertThat(callError.code()).isEqualTo(Code.OUT_OF_RANGE);
    CompactionInfo info = callError.detail(CompactionInfo.class);
    assertThat(info.getRequestedIndex()).isEqualTo(first + 1);
    assertThat(info.getOldestIndex()).isEqualTo(second + 1);
    assertThat(info.getSnapshots(0).getIndex()).isEqualTo(second);
    assertThat(info.getSnapshots(0).getFormat()).isEqualTo("v1");
  }

  @Test
  void missesNothingWhenOnlyWhatItDoesNotSeeIsGone() {
    long only = command();
    ack(only);
    ack(only);
    server.node.log.trim(server.node.log.appliedIndex());

    LogWatcher resumed = LogWatcher.open(server, asConsumer().build());

    assertThat(resumed.started().getStartIndex()).isEqualTo(server.node.log.appliedIndex() + 1);
    assertThat(
            LogWatcher.open(server, asConsumer().setIncludeInternal(true).build())
                .callError()
                .reason())
        .isEqualTo(Reason.COMPACTED);
  }

  @Test
  void setsABarrierAtTheLastCommandHoweverMuchElseIsInTheLog() {
    assertThat(server.log().barrier(BarrierRequest.getDefaultInstance()).getIndex()).isZero();
    long last = command();
    ack(0);

    BarrierResponse barrier = server.log().barrier(BarrierRequest.getDefaultInstance());

    assertThat(barrier.getIndex()).isEqualTo(last);
    assertThat(barrier.getInfo().getAppliedIndex()).isEqualTo(last + 1);
    server.node.feel(NodeCondition.ALONE);
    assertThat(
            CallError.by(() -> server.log().barrier(BarrierRequest.getDefaultInstance())).reason())
        .isEqualTo(Reason.NO_QUORUM);
  }

  @Test
  void waitsAtABarrierUntilItsCopyIsThere() {
    long last = command();
    BarrierRequest request = BarrierRequest.newBuilder().setConsumer("c").build();
    StreamCollector<BarrierRequest, BarrierResponse> waiting = new StreamCollector<>();
    LogGrpc.newStub(server.channel).barrier(request, waiting);
    ack(last - 1);
    ackElsewhere(last, "");
    assertThat(waiting.isQuiet()).isTrue();

    ack(last);

    assertThat(waiting.next().getIndex()).isEqualTo(last);
    assertThat(server.log().barrier(request).getIndex()).as("at once now").isEqualTo(last);
  }

  @Test
  void saysThatACopyIsNotThereYet() {
    long last = command();
    ack(last - 1);

    CallError callError =
        CallError.by(() -> soon().barrier(BarrierRequest.newBuilder().setConsumer("c").build()));

    assertThat(callError.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(callError.reason()).isEqualTo(Reason.NOT_YET_ACKNOWLEDGED);
    assertThat(callError.metadata("index")).isEqualTo("" + last);
    assertThat(callError.detail(StalenessInfo.class).getAppliedIndex())
        .isEqualTo(server.node.log.appliedIndex());
  }

  @Test
  void answersAProposalOnceItsOwnCopyAcknowledgedIt() {
    ProposeRequest request = ProposeRequest.newBuilder().setWaitForConsumer("c").build();
    StreamCollector<ProposeRequest, ProposeResponse> waiting = new StreamCollector<>();
    LogGrpc.newStub(server.channel).propose(request, waiting);
    TestHolds.until(() -> server.node.log.appliedIndex() == 2);
    assertThat(waiting.isQuiet()).isTrue();

    ack(2);

    assertThat(waiting.next().getIndex()).isEqualTo(2);
  }

  @Test
  void saysWhereTheProposalIsThatNobodyAcknowledged() {
    ProposeRequest request = ProposeRequest.newBuilder().setWaitForConsumer("c").build();

    CallError callError = CallError.by(() -> soon().propose(request));

    assertThat(callError.reason()).isEqualTo(Reason.NOT_YET_ACKNOWLEDGED);
    assertThat(callError.metadata("index")).isEqualTo("2");
    assertThat(server.node.log.indexes()).containsExactly(1L, 2L);
  }

  @Test
  void endsAllWaitingWhenTheSidecarStops() {
    StreamCollector<ProposeRequest, ProposeResponse> waiting = new StreamCollector<>();
    LogGrpc.newStub(server.channel)
        .propose(ProposeRequest.newBuilder().setWaitForConsumer("c").build(), waiting);
    TestHolds.until(() -> server.node.log.appliedIndex() == 2);

    server.services.drain();

    // Not UNAVAILABLE, which would mean that the entry is not in the log.
    assertThat(waiting.callError().reason()).isEqualTo(Reason.NOT_YET_ACKNOWLEDGED);
    assertThat(server.node.log.subscriptions()).isZero();
  }

  @Test
  void listsEachCopyAndWhatTheConsumerNeeds() {
    long first = command();
    ack(first);
    long second = command();
    ackElsewhere(second, "");

    ListConsumersResponse.Consumer consumer = listed();

    assertThat(consumer.getName()).isEqualTo("c");
    assertThat(consumer.getNeedsFrom()).isEqualTo(first + 1);
    assertThat(consumer.getCopies(0).getNodeId()).isEqualTo("1");
    assertThat(consumer.getCopies(1).getNodeId()).isEqualTo("2");
    assertThat(consumer.getCopies(1).getAckedIndex()).isEqualTo(second);
    assertThat(consumer.getCopies(1).getLapsed()).isFalse();
    assertThat(consumer.hasSnapshot()).isFalse();
  }

  @Test
  void raisesAnAlarmForACopyThatHoldsTheLogAndAnotherOnceItLapsed() {
    long first = command();
    ack(first);
    assertThat(alarms()).isEmpty();
    server.node.log.sleep(LAPSE_MILLIS / 2);
    server.node.expireKeys();
    assertThat(alarms()).as("it has nothing to say").isEmpty();
    command();
    assertThat(alarms()).containsExactly("consumer_holds_log:c");
    assertThat(listed().getNeedsFrom()).isEqualTo(first + 1);

    server.node.log.sleep(LAPSE_MILLIS);
    long last = command();

    assertThat(alarms()).containsExactly("consumer_lapsed:c");
    assertThat(listed().getCopies(0).getLapsed()).isTrue();
    assertThat(listed().getNeedsFrom()).isEqualTo(server.node.log.appliedIndex() + 1);
    ack(last);
    assertThat(alarms()).isEmpty();
  }

  @Test
  void raisesAnAlarmWhenCopiesDiffer() {
    long index = command();
    ack(index, "left");
    ackElsewhere(index, "left");
    assertThat(alarms()).isEmpty();
    long next = command();
    ack(next, "left");

    ackElsewhere(next, "right");

    assertThat(alarms()).containsExactly("consumer_diverged:c");
    assertThat(listed().getDivergedAt()).isEqualTo(next);
  }

  @Test
  void forgetsAConsumer() {
    ack(command());
    DropConsumerRequest drop = DropConsumerRequest.newBuilder().setConsumer("c").build();

    assertThat(server.log().dropConsumer(drop).getInfo().getAppliedIndex())
        .isEqualTo(server.node.log.appliedIndex());

    assertThat(server.node.state().consumers()).isEmpty();
    CallError callError = CallError.by(() -> server.log().dropConsumer(drop));
    assertThat(callError.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(callError.reason()).isEqualTo(Reason.CONSUMER_UNKNOWN);
  }
}
