package io.synod.api.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import io.synod.api.CallError;
import io.synod.api.MemoryAppSnapshots;
import io.synod.api.MemoryNode;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.v1.GetSnapshotRequest;
import io.synod.v1.GetSnapshotResponse;
import io.synod.v1.LogGrpc;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.Reason;
import io.synod.v1.SnapshotInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SnapshotsTest {
  private final byte[] state = new byte[1_500_000];
  private TestServer server;
  private long index;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
    new SplittableRandom(7).nextBytes(state);
    index = server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 3)).index();
  }

  @AfterEach
  void close() {
    server.close();
  }

  static SnapshotInfo.Builder info(long index, byte[] bytes) {
    return SnapshotInfo.newBuilder()
        .setIndex(index)
        .setFormat("v1")
        .setSizeBytes(bytes.length)
        .setSha256(ByteString.copyFrom(MemoryAppSnapshots.sha256(bytes).array()));
  }

  private static PutSnapshotRequest header(SnapshotInfo.Builder info) {
    return PutSnapshotRequest.newBuilder()
        .setHeader(PutSnapshotRequest.Header.newBuilder().setConsumer("c").setSnapshot(info))
        .build();
  }

  private static PutSnapshotRequest chunk(byte[] bytes) {
    return PutSnapshotRequest.newBuilder().setChunk(ByteString.copyFrom(bytes)).build();
  }

  static LogGrpc.LogStub waiting(TestServer server, long millis) {
    return LogGrpc.newStub(server.channel).withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
  }

  /** Uploads a snapshot in chunks of 400 kB. */
  static StreamCollector<PutSnapshotRequest, PutSnapshotResponse> put(
      LogGrpc.LogStub stub, SnapshotInfo.Builder info, byte[] bytes) {
    StreamCollector<PutSnapshotRequest, PutSnapshotResponse> collector = new StreamCollector<>();
    StreamObserver<PutSnapshotRequest> parts = stub.putSnapshot(collector);
    parts.onNext(header(info));
    for (int at = 0; at < bytes.length; at += 400_000) {
      parts.onNext(chunk(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 400_000))));
    }
    parts.onCompleted();
    return collector;
  }

  private StreamCollector<PutSnapshotRequest, PutSnapshotResponse> put(byte[] bytes) {
    return put(LogGrpc.newStub(server.channel), info(index, bytes), bytes);
  }

  /** Records that the sidecar of this node has fetched the snapshot. */
  private void holds(int node, long at, byte[] bytes) {
    Payload sha256 = Payload.of(MemoryAppSnapshots.sha256(bytes).array());
    SystemCommands.Store order =
        new SystemCommands.Store("c", at, "v1", bytes.length, sha256, 2, false);
    server.node.log.apply(
        server.node.log.placed(NewEntry.of(Entry.Kind.STORE, order.encode()), node, 1));
  }

  private Iterator<GetSnapshotResponse> get(GetSnapshotRequest.Builder request) {
    return getWithin(20_000, request);
  }

  private Iterator<GetSnapshotResponse> getWithin(long millis, GetSnapshotRequest.Builder request) {
    return server
        .log()
        .withDeadlineAfter(millis, TimeUnit.MILLISECONDS)
        .getSnapshot(request.setConsumer("c").build());
  }

  private static byte[] bytes(Iterator<GetSnapshotResponse> parts) {
    ByteString all = ByteString.EMPTY;
    while (parts.hasNext()) {
      ByteString chunk = parts.next().getChunk();
      assertThat(chunk.size()).isBetween(1, 1 << 20);
      all = all.concat(chunk);
    }
    return all.toByteArray();
  }

  private void isRefused(
      StreamCollector<PutSnapshotRequest, PutSnapshotResponse> put, Reason reason) {
    assertThat(put.callError().reason()).isEqualTo(reason);
    TestHolds.until(() -> server.node.blobs.staged.get() == 0);
    assertThat(server.node.blobs.list()).isEmpty();
    assertThat(server.node.state().consumers()).isEmpty();
  }

  @Test
  void takesASnapshotOverOnceAQuorumHasIt() {
    StreamCollector<PutSnapshotRequest, PutSnapshotResponse> put = put(state);
    TestHolds.until(() -> server.node.state().consumer("c") != null);
    assertThat(put.isQuiet()).as("one sidecar is no quorum").isTrue();

    holds(2, index, state);

    PutSnapshotResponse answer = put.next();
    put.completes();
    assertThat(answer.getSnapshot().getIndex()).isEqualTo(index);
    assertThat(answer.getSnapshot().getNodeId()).isEqualTo("1");
    assertThat(answer.getSnapshot().getSizeBytes()).isEqualTo(state.length);
    assertThat(answer.getSnapshot().getFormat()).isEqualTo("v1");
    assertThat(answer.getTrimmableBelow()).isEqualTo(index + 1);
    assertThat(server.node.blobs.staged).hasValue(0);

    Iterator<GetSnapshotResponse> back = get(GetSnapshotRequest.newBuilder());
    assertThat(back.next().getSnapshot()).isEqualTo(answer.getSnapshot());
    assertThat(bytes(back)).isEqualTo(state);
    TestHolds.until(() -> server.node.blobs.opened.get() == 0);
  }

  @Test
  void takesAnEmptySnapshot() {
    StreamCollector<PutSnapshotRequest, PutSnapshotResponse> put = put(new byte[0]);
    TestHolds.until(() -> server.node.state().consumer("c") != null);
    holds(2, index, new byte[0]);
    assertThat(put.next().getSnapshot().getSizeBytes()).isZero();

    Iterator<GetSnapshotResponse> back = get(GetSnapshotRequest.newBuilder());
    assertThat(back.next().hasSnapshot()).isTrue();
    assertThat(back.hasNext()).isFalse();
  }

  @Test
  void saysThatAQuorumDoesNotHaveItYet() {
    CallError callError = put(waiting(server, 1_500), info(index, state), state).callError();

    assertThat(callError.code()).isEqualTo(Code.UNKNOWN);
    assertThat(callError.reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    assertThat(server.node.blobs.list()).hasSize(1);
  }

  @Test
  void mayBeSentAgain() {
    put(waiting(server, 1_500), info(index, state), state).callError();
    holds(3, index, state);

    assertThat(put(state).next().getSnapshot().getIndex()).isEqualTo(index);
  }

  @Test
  void refusesBytesThatAreNotWhatWasStated() {
    byte[] other = state.clone();
    other[1_000_000]++;
    isRefused(
        put(LogGrpc.newStub(server.channel), info(index, state), other), Reason.DIGEST_MISMATCH);
    isRefused(
        put(
            LogGrpc.newStub(server.channel),
            info(index, state),
            Arrays.copyOf(state, state.length - 1)),
        Reason.DIGEST_MISMATCH);
    isRefused(
        put(
            LogGrpc.newStub(server.channel),
            info(index, state),
            Arrays.copyOf(state, state.length + 1)),
        Reason.DIGEST_MISMATCH);
  }

  @Test
  void refusesAnotherSnapshotForTheSameIndex() {
    holds(2, index, new byte[] {1});

    assertThat(put(state).callError().reason()).isEqualTo(Reason.DIGEST_MISMATCH);
    TestHolds.until(() -> server.node.blobs.staged.get() == 0);
    assertThat(server.node.blobs.list()).isEmpty();
    TestHolds.until(() -> differsAt() == index);
    holds(3, index, new byte[] {1});
    assertThat(differsAt()).as("until a later one is safe").isEqualTo(index);
  }

  private long differsAt() {
    return Objects.requireNonNull(server.node.state().consumer("c")).differsAt();
  }

  @Test
  void refusesASnapshotBelowOneThatAQuorumHolds() {
    long later = server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 3)).index();
    holds(2, later, state);
    holds(3, later, state);

    assertThat(put(state).callError().metadata("field")).isEqualTo("header.snapshot.index");
  }

  @Test
  void takesOneSnapshotOfAConsumerAtATime() {
    StreamCollector<PutSnapshotRequest, PutSnapshotResponse> first = new StreamCollector<>();
    StreamObserver<PutSnapshotRequest> parts = LogGrpc.newStub(server.channel).putSnapshot(first);
    parts.onNext(header(info(index, state)));
    TestHolds.until(() -> server.node.blobs.staged.get() == 1);

    assertThat(put(state).callError().reason()).isEqualTo(Reason.OVERLOADED);
    first.cancel();
    TestHolds.until(() -> server.node.blobs.staged.get() == 0);
    StreamCollector<PutSnapshotRequest, PutSnapshotResponse> again = put(state);
    TestHolds.until(() -> server.node.state().consumer("c") != null);
    holds(2, index, state);
    assertThat(again.next().getSnapshot().getIndex()).isEqualTo(index);
  }

  @Test
  void resumesWhereATransferBroke() {
    holds(2, index, state);
    server.node.blobs.put("c", index, state);

    Iterator<GetSnapshotResponse> rest =
        get(
            GetSnapshotRequest.newBuilder()
                .setSha256(ByteString.copyFrom(MemoryAppSnapshots.sha256(state).array()))
                .setOffset(1_000_001));

    assertThat(rest.next().getSnapshot().getIndex()).isEqualTo(index);
    assertThat(bytes(rest)).isEqualTo(Arrays.copyOfRange(state, 1_000_001, state.length));
  }

  @Test
  void resumesNothingBehindTheEndOrOfASnapshotThatIsGone() {
    holds(2, index, state);
    server.node.blobs.put("c", index, state);
    ByteString sha256 = ByteString.copyFrom(MemoryAppSnapshots.sha256(state).array());

    CallError behind =
        CallError.by(
            () ->
                get(GetSnapshotRequest.newBuilder().setSha256(sha256).setOffset(state.length + 1))
                    .next());
    assertThat(behind.metadata("field")).isEqualTo("offset");
    CallError gone =
        CallError.by(
            () ->
                get(GetSnapshotRequest.newBuilder().setSha256(ByteString.copyFrom(new byte[32])))
                    .next());
    assertThat(gone.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(gone.reason()).isEqualTo(Reason.NO_SNAPSHOT);
    TestHolds.until(() -> server.node.blobs.opened.get() == 0);
  }

  @Test
  void givesTheNewestThatIsHere() {
    long later = server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 3)).index();
    holds(2, index, state);
    holds(2, later, new byte[] {1});
    server.node.blobs.put("c", index, state);

    assertThat(get(GetSnapshotRequest.newBuilder()).next().getSnapshot().getIndex())
        .isEqualTo(index);
    server.node.blobs.put("c", later, new byte[] {1});
    assertThat(get(GetSnapshotRequest.newBuilder()).next().getSnapshot().getIndex())
        .isEqualTo(later);
  }

  @Test
  void waitsForOneThatIsOnItsWayHere() {
    holds(2, index, state);
    StreamCollector<GetSnapshotRequest, GetSnapshotResponse> collector = new StreamCollector<>();
    LogGrpc.newStub(server.channel)
        .getSnapshot(GetSnapshotRequest.newBuilder().setConsumer("c").build(), collector);
    TestHolds.until(() -> server.services.openDownloads() == 1);
    server.node.blobs.put("c", index, state);

    holds(1, index, state);

    assertThat(collector.next().getSnapshot().getIndex()).isEqualTo(index);
  }

  @Test
  void givesNoneThatIsDamagedOrAnother() {
    holds(2, index, state);
    server.node.blobs.put("c", index, new byte[] {1});

    assertThat(
            CallError.by(() -> getWithin(1_500, GetSnapshotRequest.newBuilder()).next()).reason())
        .isEqualTo(Reason.NO_SNAPSHOT);
    server.node.blobs.put("c", index, state);
    server.node.blobs.damage();
    Iterator<GetSnapshotResponse> parts = get(GetSnapshotRequest.newBuilder());
    assertThat(parts.next().hasSnapshot()).isTrue();
    assertThat(CallError.by(() -> bytes(parts)).reason()).isEqualTo(Reason.DAMAGED);
    TestHolds.until(() -> server.node.blobs.opened.get() == 0);
  }

  @Test
  void knowsNoSnapshotOfAnUnknownConsumerOrAboveTheNewest() {
    assertThat(CallError.by(() -> get(GetSnapshotRequest.newBuilder()).next()).reason())
        .isEqualTo(Reason.CONSUMER_UNKNOWN);
    holds(2, index, state);
    server.node.blobs.put("c", index, state);

    assertThat(
            CallError.by(() -> get(GetSnapshotRequest.newBuilder().setMinIndex(index + 1)).next())
                .reason())
        .isEqualTo(Reason.NO_SNAPSHOT);
  }

  @Test
  void readsNoFurtherThanASlowClientTakes() {
    byte[] large = new byte[8 << 20];
    holds(2, index, large);
    server.node.blobs.put("c", index, large);
    Iterator<GetSnapshotResponse> slow = get(GetSnapshotRequest.newBuilder());
    assertThat(slow.next().hasSnapshot()).isTrue();

    assertThat(server.node.blobs.bytesRead.get()).isLessThan(2 << 20);
  }
}
