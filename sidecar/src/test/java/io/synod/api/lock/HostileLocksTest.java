package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import io.synod.api.CallError;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
import io.synod.api.log.SnapshotUpload;
import io.synod.api.server.HostileRequestsTest;
import io.synod.v1.AckAppliedRequest;
import io.synod.v1.BarrierRequest;
import io.synod.v1.DropConsumerRequest;
import io.synod.v1.GetHolderRequest;
import io.synod.v1.GetSnapshotRequest;
import io.synod.v1.HoldRequest;
import io.synod.v1.ListConsumersRequest;
import io.synod.v1.LocksGrpc;
import io.synod.v1.LogGrpc;
import io.synod.v1.ObserveHolderRequest;
import io.synod.v1.ProposeRequest;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.Reason;
import io.synod.v1.ReleaseRequest;
import io.synod.v1.SnapshotInfo;
import io.synod.v1.WatchRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Invalid requests about locks and consumers. */
@Timeout(30)
final class HostileLocksTest {
  private static final Duration MIXED = Duration.newBuilder().setSeconds(1).setNanos(-1).build();

  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"holds", "holders", "consumers", "uploads", "downloads"})
  void getOneTypedErrorThatNamesTheField(HostileRequestsTest.Hostile hostile) {
    CallError callError = CallError.by(() -> hostile.call().make(server));

    assertThat(callError.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(callError.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(callError.metadata("field")).isEqualTo(hostile.field());
    assertThat(callError.text()).startsWith(hostile.field() + " ").hasSizeLessThan(120);
    assertThat(server.node.log.appliedIndex()).as("nothing was changed").isEqualTo(1);
    assertThat(server.services.openHolds()).isZero();
    TestHolds.until(() -> server.node.blobs.staged.get() == 0);
  }

  private static HostileRequestsTest.Hostile hostile(
      String field, String what, HostileRequestsTest.Call call) {
    return new HostileRequestsTest.Hostile(field, what, call);
  }

  private static LocksGrpc.LocksBlockingStub locks(TestServer server) {
    return LocksGrpc.newBlockingStub(server.channel);
  }

  private static HostileRequestsTest.Hostile hold(
      String field, String what, HoldRequest.Builder request) {
    return hostile(field, what, server -> locks(server).hold(request.build()).next());
  }

  private static HoldRequest.Builder named() {
    return HoldRequest.newBuilder().setName("l");
  }

  static Stream<HostileRequestsTest.Hostile> holds() {
    return Stream.of(
        hold("name", "not set", HoldRequest.newBuilder()),
        hold("name", "of 256 bytes", HoldRequest.newBuilder().setName("ä".repeat(128))),
        hold("name", "of a mebibyte", HoldRequest.newBuilder().setName("a".repeat(1 << 20))),
        hold("name", "that breaks a line", HoldRequest.newBuilder().setName("a\nb")),
        hold("value", "of 4097 bytes", named().setValue(ByteString.copyFrom(new byte[4097]))),
        hold("ttl", "of nothing", named().setTtl(Duration.getDefaultInstance())),
        hold("ttl", "below 1 s", named().setTtl(Durations.fromNanos(999_999_999))),
        hold("ttl", "above 1 h", named().setTtl(Durations.fromMillis(3_600_001))),
        hold("ttl", "below 0", named().setTtl(Durations.fromSeconds(-10))),
        hold("ttl", "of mixed signs", named().setTtl(MIXED)),
        hold("ttl", "of 10000 years", named().setTtl(Durations.MAX_VALUE)),
        hold("wait", "below 0", named().setWait(Durations.fromNanos(-1))),
        hold("wait", "of 10000 years", named().setWait(Durations.MAX_VALUE)));
  }

  private static HostileRequestsTest.Hostile holder(
      String field, String what, GetHolderRequest.Builder request) {
    return hostile(field, what, server -> locks(server).getHolder(request.build()));
  }

  private static HostileRequestsTest.Hostile release(
      String field, String what, ReleaseRequest.Builder request) {
    return hostile(field, what, server -> locks(server).release(request.build()));
  }

  static Stream<HostileRequestsTest.Hostile> holders() {
    ReadOptions bounded = ReadOptions.newBuilder().setLevel(ReadLevel.READ_LEVEL_BOUNDED).build();
    return Stream.of(
        holder("name", "not set", GetHolderRequest.newBuilder()),
        holder("name", "with an escape", GetHolderRequest.newBuilder().setName("\u001b[2J")),
        holder(
            "options.max_staleness",
            "missing",
            GetHolderRequest.newBuilder().setName("l").setOptions(bounded)),
        holder(
            "options.at_least_index",
            "above 2^63",
            GetHolderRequest.newBuilder()
                .setName("l")
                .setOptions(ReadOptions.newBuilder().setAtLeastIndex(-1))),
        hostile(
            "name",
            "to observe not set",
            server ->
                locks(server).observeHolder(ObserveHolderRequest.getDefaultInstance()).next()),
        release("name", "not set", ReleaseRequest.newBuilder().setForce(true)),
        release("fencing_token", "not set", ReleaseRequest.newBuilder().setName("l")),
        release(
            "fencing_token",
            "above 2^63",
            ReleaseRequest.newBuilder().setName("l").setFencingToken(-1)),
        release(
            "fencing_token",
            "above 2^63 by force",
            ReleaseRequest.newBuilder().setName("l").setFencingToken(-1).setForce(true)));
  }

  private static HostileRequestsTest.Hostile ack(
      String field, String what, AckAppliedRequest.Builder request) {
    return hostile(field, what, server -> server.log().ackApplied(request.build()));
  }

  private static HostileRequestsTest.Hostile barrier(String what, String consumer) {
    BarrierRequest request = BarrierRequest.newBuilder().setConsumer(consumer).build();
    return hostile("consumer", what, server -> server.log().barrier(request));
  }

  private static HostileRequestsTest.Hostile watch(
      String field, String what, WatchRequest.Builder request) {
    return hostile(field, what, server -> server.log().watch(request.build()).next());
  }

  private static AckAppliedRequest.Builder mine() {
    return AckAppliedRequest.newBuilder().setConsumer("c");
  }

  static Stream<HostileRequestsTest.Hostile> consumers() {
    return Stream.of(
        ack("consumer", "not set", AckAppliedRequest.newBuilder()),
        ack("consumer", "of 65 characters", mine().setConsumer("a".repeat(65))),
        ack("consumer", "of capitals", mine().setConsumer("Orders")),
        ack("consumer", "with a slash", mine().setConsumer("../c")),
        ack("consumer", "of other letters", mine().setConsumer("ä")),
        ack("consumer", "with a break at its end", mine().setConsumer("c\n")),
        ack("index", "above 2^63", mine().setIndex(-1)),
        ack("index", "that is not applied", mine().setIndex(2)),
        ack(
            "state_digest",
            "of 65 bytes",
            mine().setStateDigest(ByteString.copyFrom(new byte[65]))),
        barrier("of 65 characters", "a".repeat(65)),
        barrier("of spaces", " "),
        hostile(
            "wait_for_consumer",
            "of capitals",
            server ->
                server.log().propose(ProposeRequest.newBuilder().setWaitForConsumer("C").build())),
        watch("consumer", "of capitals", WatchRequest.newBuilder().setConsumer("C")),
        watch(
            "start_index",
            "beside a consumer",
            WatchRequest.newBuilder().setConsumer("c").setStartIndex(1)),
        hostile(
            "consumer",
            "to drop not set",
            server -> server.log().dropConsumer(DropConsumerRequest.getDefaultInstance())),
        hostile(
            "options.level",
            "that does not exist",
            server ->
                server
                    .log()
                    .listConsumers(
                        ListConsumersRequest.newBuilder()
                            .setOptions(ReadOptions.newBuilder().setLevelValue(77))
                            .build())));
  }

  private static void put(TestServer server, List<PutSnapshotRequest> parts) {
    StreamCollector<PutSnapshotRequest, PutSnapshotResponse> collector = new StreamCollector<>();
    StreamObserver<PutSnapshotRequest> out = LogGrpc.newStub(server.channel).putSnapshot(collector);
    parts.forEach(out::onNext);
    out.onCompleted();
    throw io.grpc.protobuf.StatusProto.toStatusRuntimeException(collector.callError().status());
  }

  private static HostileRequestsTest.Hostile upload(
      String field, String what, PutSnapshotRequest... parts) {
    return hostile(field, what, server -> put(server, List.of(parts)));
  }

  private static PutSnapshotRequest header(String consumer, SnapshotInfo.Builder info) {
    return PutSnapshotRequest.newBuilder()
        .setHeader(PutSnapshotRequest.Header.newBuilder().setConsumer(consumer).setSnapshot(info))
        .build();
  }

  private static SnapshotInfo.Builder info() {
    return SnapshotInfo.newBuilder()
        .setIndex(1)
        .setSizeBytes(8 << 20)
        .setSha256(ByteString.copyFrom(new byte[32]));
  }

  private static PutSnapshotRequest chunk(int bytes) {
    return PutSnapshotRequest.newBuilder().setChunk(ByteString.copyFrom(new byte[bytes])).build();
  }

  static Stream<HostileRequestsTest.Hostile> uploads() {
    List<HostileRequestsTest.Hostile> uploads = new ArrayList<>();
    String at = "header.snapshot.";
    uploads.add(upload("header", "missing"));
    uploads.add(upload("header", "behind a chunk", chunk(1), header("c", info())));
    uploads.add(upload("header", "twice", header("c", info()), header("c", info())));
    uploads.add(upload("part", "not set", PutSnapshotRequest.getDefaultInstance()));
    uploads.add(upload("header.consumer", "not set", header("", info())));
    uploads.add(upload(at + "index", "not set", header("c", info().setIndex(0))));
    uploads.add(upload(at + "index", "above 2^63", header("c", info().setIndex(-1))));
    uploads.add(upload(at + "index", "not applied", header("c", info().setIndex(2))));
    uploads.add(upload(at + "size_bytes", "above 2^63", header("c", info().setSizeBytes(-1))));
    uploads.add(
        upload(at + "format", "of 256 bytes", header("c", info().setFormat("a".repeat(256)))));
    uploads.add(
        upload(
            at + "sha256",
            "of 31 bytes",
            header("c", info().setSha256(ByteString.copyFrom(new byte[31])))));
    uploads.add(
        upload(
            "chunk",
            "above 1 MiB",
            header("c", info()),
            chunk(SnapshotUpload.CHUNK_BYTES_MAX + 1)));
    return uploads.stream();
  }

  private static HostileRequestsTest.Hostile download(
      String field, String what, GetSnapshotRequest.Builder request) {
    return hostile(field, what, server -> server.log().getSnapshot(request.build()).next());
  }

  static Stream<HostileRequestsTest.Hostile> downloads() {
    return Stream.of(
        download("consumer", "not set", GetSnapshotRequest.newBuilder()),
        download(
            "min_index",
            "above 2^63",
            GetSnapshotRequest.newBuilder().setConsumer("c").setMinIndex(-1)),
        download(
            "sha256",
            "of a byte",
            GetSnapshotRequest.newBuilder()
                .setConsumer("c")
                .setSha256(ByteString.copyFrom(new byte[1]))),
        download(
            "offset",
            "above 2^63",
            GetSnapshotRequest.newBuilder()
                .setConsumer("c")
                .setSha256(ByteString.copyFrom(new byte[32]))
                .setOffset(-1)),
        download(
            "offset",
            "of nothing known",
            GetSnapshotRequest.newBuilder().setConsumer("c").setOffset(5)));
  }
}
