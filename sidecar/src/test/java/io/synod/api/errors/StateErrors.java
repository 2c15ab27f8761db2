package io.synod.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.grpc.stub.StreamObserver;
import io.synod.api.CallError;
import io.synod.api.EveryCall;
import io.synod.api.MemoryNode;
import io.synod.api.NodeCondition;
import io.synod.api.StreamCollector;
import io.synod.api.TestServer;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.state.command.Entry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.v1.CompactionInfo;
import io.synod.v1.DropConsumerRequest;
import io.synod.v1.GetRequest;
import io.synod.v1.GetSnapshotRequest;
import io.synod.v1.LogGrpc;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.ReadRequest;
import io.synod.v1.Reason;
import io.synod.v1.SnapshotInfo;
import io.synod.v1.StalenessInfo;
import io.synod.v1.TakeSnapshotRequest;
import io.synod.v1.WatchRequest;
import java.util.List;

/** Provocations of the errors of reads, and of the sidecar itself. */
final class StateErrors {
  private static final ReadOptions.Builder FRESH =
      ReadOptions.newBuilder()
          .setLevel(ReadLevel.READ_LEVEL_BOUNDED)
          .setMaxStaleness(Durations.fromSeconds(1));

  private StateErrors() {}

  static List<Provocation> ofReads() {
    return List.of(
        Provocation.of(
            Reason.TOO_STALE,
            Code.FAILED_PRECONDITION,
            worlds -> worlds.alone().log().read(EveryCall.read(FRESH)),
            callError ->
                assertThat(callError.detail(StalenessInfo.class))
                    .as("it never heard a leader")
                    .isEqualTo(StalenessInfo.getDefaultInstance())),
        // A node that lost its leader needs a second real node.
        Provocation.of(
            Reason.TOO_STALE,
            Code.FAILED_PRECONDITION,
            worlds -> {
              TestServer server = worlds.memory();
              server.node.feel(NodeCondition.ALONE);
              var unused = server.log().read(EveryCall.read(FRESH));
            },
            callError -> {
              StalenessInfo info = callError.detail(StalenessInfo.class);
              assertThat(Durations.toSeconds(info.getStaleness())).isEqualTo(9);
              assertThat(info.getAppliedIndex()).isEqualTo(1);
            }),
        Provocation.of(
            Reason.NOT_YET_APPLIED,
            Code.DEADLINE_EXCEEDED,
            worlds -> {
              assertThat(worlds.well().propose()).isPositive();
              var unused =
                  worlds
                      .well()
                      .soon()
                      .read(EveryCall.read(ReadOptions.newBuilder().setAtLeastIndex(1L << 40)));
            },
            StateErrors::saysHowFarItIs));
  }

  private static void saysHowFarItIs(CallError callError) {
    StalenessInfo info = callError.detail(StalenessInfo.class);
    assertThat(info.getAppliedIndex()).isPositive();
    assertThat(info.hasStaleness()).isTrue();
    assertThat(Durations.toSeconds(info.getStaleness())).isLessThan(60);
  }

  private static void saysFromWhereOn(CallError callError) {
    CompactionInfo info = callError.detail(CompactionInfo.class);
    assertThat(info.getRequestedIndex()).isEqualTo(1);
    assertThat(info.getOldestIndex()).isGreaterThan(1);
  }

  /** A fake node with a trimmed log, which would take megabytes at a real node. */
  private static TestServer trimmed(Worlds worlds) {
    TestServer server = worlds.memory();
    long index = server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 3)).index();
    Payload digest = Payload.of(new byte[32]);
    SystemCommands.Store order =
        new SystemCommands.Store("c", index, "orders/v3", 5, digest, 2, false);
    server.node.order(Entry.Kind.STORE, order.encode());
    server.node.log.trim(index + 1);
    return server;
  }

  static List<Provocation> ofThePast() {
    return List.of(
        Provocation.of(
            Reason.COMPACTED,
            Code.OUT_OF_RANGE,
            worlds -> {
              assertThat(worlds.forgetful().propose()).isPositive();
              assertThat(worlds.forgetful().propose()).isPositive();
              var unused =
                  worlds
                      .forgetful()
                      .kv()
                      .get(GetRequest.newBuilder().setKey("k").setAtIndex(1).build());
            },
            StateErrors::saysFromWhereOn),
        Provocation.of(
            Reason.COMPACTED,
            Code.OUT_OF_RANGE,
            worlds -> trimmed(worlds).log().read(ReadRequest.newBuilder().setStartIndex(1).build()),
            StateErrors::saysFromWhereOn),
        Provocation.of(
            Reason.COMPACTED,
            Code.OUT_OF_RANGE,
            worlds ->
                trimmed(worlds)
                    .log()
                    .watch(WatchRequest.newBuilder().setConsumer("c").build())
                    .next(),
            callError -> {
              saysFromWhereOn(callError);
              SnapshotInfo snapshot = callError.detail(CompactionInfo.class).getSnapshots(0);
              assertThat(snapshot.getIndex()).isEqualTo(2);
              assertThat(snapshot.getFormat()).isEqualTo("orders/v3");
            }));
  }

  private static CallError putOther(Worlds worlds) {
    StreamCollector<PutSnapshotRequest, PutSnapshotResponse> collector = new StreamCollector<>();
    SnapshotInfo.Builder info =
        SnapshotInfo.newBuilder()
            .setIndex(worlds.well().propose())
            .setSizeBytes(EveryCall.PAYLOAD.size())
            .setSha256(ByteString.copyFrom(new byte[32]));
    StreamObserver<PutSnapshotRequest> parts =
        LogGrpc.newStub(worlds.well().channel()).putSnapshot(collector);
    parts.onNext(
        PutSnapshotRequest.newBuilder()
            .setHeader(PutSnapshotRequest.Header.newBuilder().setConsumer("c").setSnapshot(info))
            .build());
    parts.onNext(PutSnapshotRequest.newBuilder().setChunk(EveryCall.PAYLOAD).build());
    parts.onCompleted();
    return collector.callError();
  }

  static List<Provocation> ofConsumers() {
    return List.of(
        Provocation.of(
            Reason.NOT_YET_ACKNOWLEDGED,
            Code.DEADLINE_EXCEEDED,
            worlds ->
                worlds
                    .well()
                    .soon()
                    .propose(EveryCall.command().setWaitForConsumer("late").build()),
            callError -> {
              saysHowFarItIs(callError);
              assertThat(Long.parseLong(callError.metadata("index")))
                  .isBetween(1L, callError.detail(StalenessInfo.class).getAppliedIndex());
            }),
        Provocation.of(
            Reason.NO_SNAPSHOT,
            Code.NOT_FOUND,
            worlds -> {
              worlds.well().acknowledge("new");
              var unused =
                  worlds
                      .well()
                      .log()
                      .getSnapshot(GetSnapshotRequest.newBuilder().setConsumer("new").build())
                      .next();
            }),
        new Provocation(
            Reason.DIGEST_MISMATCH, Code.DATA_LOSS, StateErrors::putOther, callError -> {}),
        Provocation.of(
            Reason.CONSUMER_UNKNOWN,
            Code.NOT_FOUND,
            worlds ->
                worlds
                    .well()
                    .log()
                    .dropConsumer(DropConsumerRequest.newBuilder().setConsumer("nobody").build())));
  }

  /** A fake node after an event that a real node cannot be brought to easily. */
  private static EveryCall after(Worlds worlds, java.util.function.Consumer<MemoryNode> what) {
    TestServer server = worlds.memory();
    what.accept(server.node);
    return new EveryCall(server.channel);
  }

  private static void takeSnapshot(Worlds worlds, SnapshotOutcome outcome) {
    var unused =
        after(worlds, node -> node.snapshotOutcome = outcome)
            .admin()
            .takeSnapshot(TakeSnapshotRequest.getDefaultInstance());
  }

  static List<Provocation> ofTheSidecar() {
    return List.of(
        Provocation.of(
            Reason.SHUTTING_DOWN,
            Code.UNAVAILABLE,
            worlds -> worlds.drained().propose(),
            Provocation::saysWhenToComeBack),
        Provocation.of(
            Reason.DAMAGED,
            Code.DATA_LOSS,
            worlds ->
                after(worlds, node -> node.log.damage())
                    .log()
                    .read(ReadRequest.getDefaultInstance()),
            Provocation::namesAnIncident),
        Provocation.of(
            Reason.INTERNAL_ERROR,
            Code.INTERNAL,
            worlds -> after(worlds, node -> node.feel(NodeCondition.BROKEN)).propose(),
            Provocation::namesAnIncident),
        Provocation.of(
            Reason.QUARANTINED,
            Code.UNAVAILABLE,
            worlds -> after(worlds, MemoryNode::quarantine).propose()),
        Provocation.of(
            Reason.QUARANTINED,
            Code.UNAVAILABLE,
            worlds ->
                after(worlds, MemoryNode::quarantine)
                    .kv()
                    .get(GetRequest.newBuilder().setKey(EveryCall.SECRET).build())),
        Provocation.of(
            Reason.SNAPSHOT_NOT_TAKEN,
            Code.FAILED_PRECONDITION,
            worlds -> takeSnapshot(worlds, new SnapshotOutcome.Failed("the disk is full"))),
        Provocation.of(
            Reason.SNAPSHOT_NOT_TAKEN,
            Code.DEADLINE_EXCEEDED,
            worlds -> takeSnapshot(worlds, new SnapshotOutcome.Late())));
  }
}
