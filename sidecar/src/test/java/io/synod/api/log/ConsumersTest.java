package io.synod.api.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.synod.api.Held;
import io.synod.api.MemoryNode;
import io.synod.api.Mood;
import io.synod.api.Refused;
import io.synod.api.Served;
import io.synod.api.Taker;
import io.synod.api.Watcher;
import io.synod.api.server.ApiLimits;
import io.synod.runtime.node.Feed;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Orders;
import io.synod.state.Payload;
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

  private Served served;

  @BeforeEach
  void serve() throws IOException {
    served =
        new Served(new ApiLimits(1 << 20, 4, 1, 10, 100).withConsumerLapseMillis(LAPSE_MILLIS));
  }

  @AfterEach
  void close() {
    served.close();
  }

  private LogGrpc.LogBlockingStub soon() {
    return served.log().withDeadlineAfter(1_500, TimeUnit.MILLISECONDS);
  }

  /** A command; its index. */
  private long command() {
    Feed.Item item = served.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 3));
    return item.index();
  }

  private long ack(long index, String digest) {
    return served
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

  /** The copy beside another node. */
  private void ackElsewhere(long index, String digest) {
    Orders.Acknowledge order =
        new Orders.Acknowledge(
            "c", index, Payload.of(ByteString.copyFromUtf8(digest).toByteArray()));
    served.node.log.apply(
        served.node.log.placed(Draft.of(Entry.Kind.ACKNOWLEDGE, order.encode()), 2, 1));
  }

  private ListConsumersResponse.Consumer listed() {
    return served.log().listConsumers(ListConsumersRequest.getDefaultInstance()).getConsumers(0);
  }

  private List<String> alarms() {
    return AdminGrpc.newBlockingStub(served.channel)
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
    Refused refused = Refused.by(() -> ack(served.node.log.appliedIndex() + 1));

    assertThat(refused.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(refused.metadata("field")).isEqualTo("index");
    assertThat(served.node.state().consumers()).isEmpty();
  }

  @Test
  void goesOnBehindWhatItsOwnCopyAcknowledged() {
    long first = command();
    long second = command();
    ackElsewhere(second, "");
    Watcher fresh = Watcher.open(served, asConsumer().build());
    assertThat(fresh.started().getStartIndex()).isEqualTo(1);
    assertThat(fresh.next().getBatch().getEntries(0).getIndex()).isEqualTo(first);
    ack(first);

    Watcher resumed = Watcher.open(served, asConsumer().build());

    assertThat(resumed.started().getStartIndex()).isEqualTo(first + 1);
    assertThat(resumed.next().getBatch().getEntries(0).getIndex()).isEqualTo(second);
  }

  @Test
  void goesOnlyOnWhenItIsSureOfWhatWasAcknowledged() {
    served.node.feel(Mood.ALONE);

    assertThat(Watcher.open(served, asConsumer().build()).refused().reason())
        .isEqualTo(Reason.NO_QUORUM);
  }

  @Test
  void isToldWhereToBeginWhenItsPastIsGone() {
    long first = command();
    ack(first);
    long second = command();
    command();
    byte[] digest = new byte[32];
    Orders.Store order = new Orders.Store("c", second, "v1", 5, Payload.of(digest), 2, false);
    served.node.order(Entry.Kind.STORE, order.encode());
    served.node.log.trim(second + 1);

    Refused refused = Watcher.open(served, asConsumer().build()).refused();

    assertThat(refused.code()).isEqualTo(Code.OUT_OF_RANGE);
    CompactionInfo info = refused.detail(CompactionInfo.class);
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
    served.node.log.trim(served.node.log.appliedIndex());

    Watcher resumed = Watcher.open(served, asConsumer().build());

    assertThat(resumed.started().getStartIndex()).isEqualTo(served.node.log.appliedIndex() + 1);
    assertThat(
            Watcher.open(served, asConsumer().setIncludeInternal(true).build()).refused().reason())
        .isEqualTo(Reason.COMPACTED);
  }

  @Test
  void setsABarrierAtTheLastCommandHoweverMuchElseIsInTheLog() {
    assertThat(served.log().barrier(BarrierRequest.getDefaultInstance()).getIndex()).isZero();
    long last = command();
    ack(0);

    BarrierResponse barrier = served.log().barrier(BarrierRequest.getDefaultInstance());

    assertThat(barrier.getIndex()).isEqualTo(last);
    assertThat(barrier.getInfo().getAppliedIndex()).isEqualTo(last + 1);
    served.node.feel(Mood.ALONE);
    assertThat(Refused.by(() -> served.log().barrier(BarrierRequest.getDefaultInstance())).reason())
        .isEqualTo(Reason.NO_QUORUM);
  }

  @Test
  void waitsAtABarrierUntilItsCopyIsThere() {
    long last = command();
    BarrierRequest request = BarrierRequest.newBuilder().setConsumer("c").build();
    Taker<BarrierRequest, BarrierResponse> waiting = new Taker<>();
    LogGrpc.newStub(served.channel).barrier(request, waiting);
    ack(last - 1);
    ackElsewhere(last, "");
    assertThat(waiting.isQuiet()).isTrue();

    ack(last);

    assertThat(waiting.next().getIndex()).isEqualTo(last);
    assertThat(served.log().barrier(request).getIndex()).as("at once now").isEqualTo(last);
  }

  @Test
  void saysThatACopyIsNotThereYet() {
    long last = command();
    ack(last - 1);

    Refused refused =
        Refused.by(() -> soon().barrier(BarrierRequest.newBuilder().setConsumer("c").build()));

    assertThat(refused.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(refused.reason()).isEqualTo(Reason.NOT_YET_ACKNOWLEDGED);
    assertThat(refused.metadata("index")).isEqualTo("" + last);
    assertThat(refused.detail(StalenessInfo.class).getAppliedIndex())
        .isEqualTo(served.node.log.appliedIndex());
  }

  @Test
  void answersAProposalOnceItsOwnCopyAcknowledgedIt() {
    ProposeRequest request = ProposeRequest.newBuilder().setWaitForConsumer("c").build();
    Taker<ProposeRequest, ProposeResponse> waiting = new Taker<>();
    LogGrpc.newStub(served.channel).propose(request, waiting);
    Held.until(() -> served.node.log.appliedIndex() == 2);
    assertThat(waiting.isQuiet()).isTrue();

    ack(2);

    assertThat(waiting.next().getIndex()).isEqualTo(2);
  }

  @Test
  void saysWhereTheProposalIsThatNobodyAcknowledged() {
    ProposeRequest request = ProposeRequest.newBuilder().setWaitForConsumer("c").build();

    Refused refused = Refused.by(() -> soon().propose(request));

    assertThat(refused.reason()).isEqualTo(Reason.NOT_YET_ACKNOWLEDGED);
    assertThat(refused.metadata("index")).isEqualTo("2");
    assertThat(served.node.log.indexes()).containsExactly(1L, 2L);
  }

  @Test
  void endsAllWaitingWhenTheSidecarStops() {
    Taker<ProposeRequest, ProposeResponse> waiting = new Taker<>();
    LogGrpc.newStub(served.channel)
        .propose(ProposeRequest.newBuilder().setWaitForConsumer("c").build(), waiting);
    Held.until(() -> served.node.log.appliedIndex() == 2);

    served.services.drain();

    // Not UNAVAILABLE, which would say that it is not in the log.
    assertThat(waiting.refused().reason()).isEqualTo(Reason.NOT_YET_ACKNOWLEDGED);
    assertThat(served.node.log.subscriptions()).isZero();
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
    served.node.log.sleep(LAPSE_MILLIS / 2);
    served.node.expireKeys();
    assertThat(alarms()).as("it has nothing to say").isEmpty();
    command();
    assertThat(alarms()).containsExactly("consumer_holds_log:c");
    assertThat(listed().getNeedsFrom()).isEqualTo(first + 1);

    served.node.log.sleep(LAPSE_MILLIS);
    long last = command();

    assertThat(alarms()).containsExactly("consumer_lapsed:c");
    assertThat(listed().getCopies(0).getLapsed()).isTrue();
    assertThat(listed().getNeedsFrom()).isEqualTo(served.node.log.appliedIndex() + 1);
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

    assertThat(served.log().dropConsumer(drop).getInfo().getAppliedIndex())
        .isEqualTo(served.node.log.appliedIndex());

    assertThat(served.node.state().consumers()).isEmpty();
    Refused refused = Refused.by(() -> served.log().dropConsumer(drop));
    assertThat(refused.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(refused.reason()).isEqualTo(Reason.CONSUMER_UNKNOWN);
  }
}
