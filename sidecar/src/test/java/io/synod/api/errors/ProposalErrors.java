package io.synod.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Status.Code;
import io.grpc.stub.ClientCalls;
import io.synod.api.CallError;
import io.synod.api.EveryCall;
import io.synod.api.NodeCondition;
import io.synod.api.RawBytes;
import io.synod.api.TestServer;
import io.synod.runtime.engine.Situations;
import io.synod.runtime.node.Availability;
import io.synod.v1.GetDecisionRequest;
import io.synod.v1.GetRequest;
import io.synod.v1.InspectGrpc;
import io.synod.v1.LeaderHint;
import io.synod.v1.LogGrpc;
import io.synod.v1.OutcomeUnknown;
import io.synod.v1.ProposeRequest;
import io.synod.v1.QuorumInfo;
import io.synod.v1.ReadOptions;
import io.synod.v1.Reason;
import io.synod.v1.ReleaseRequest;
import io.synod.v1.SessionSequence;
import io.synod.v1.TransferLeadershipRequest;
import io.synod.v1.WatchRequest;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Provocations of the errors of writes. */
final class ProposalErrors {
  private static final long NO_SUCH = 1L << 40;
  private static final WatchRequest WATCH = WatchRequest.newBuilder().setStartIndex(1).build();

  private ProposalErrors() {}

  static List<Provocation> ofRequests() {
    return List.of(
        Provocation.of(
            Reason.INVALID_REQUEST,
            Code.INVALID_ARGUMENT,
            worlds -> worlds.well().kv().get(GetRequest.getDefaultInstance()),
            callError -> assertThat(callError.metadata("field")).isEqualTo("key")),
        Provocation.of(
            Reason.INVALID_REQUEST,
            Code.INVALID_ARGUMENT,
            worlds ->
                ClientCalls.blockingUnaryCall(
                    worlds.well().channel(),
                    RawBytes.method(LogGrpc.getProposeMethod()),
                    CallOptions.DEFAULT,
                    RawBytes.junk()),
            callError -> assertThat(callError.metadata("field")).isEqualTo("request")),
        Provocation.of(
            Reason.COMMAND_TOO_LARGE,
            Code.INVALID_ARGUMENT,
            worlds ->
                worlds
                    .well()
                    .log()
                    .propose(
                        ProposeRequest.newBuilder()
                            .setCommand(ByteString.copyFrom(new byte[(1 << 20) + 1]))
                            .build()),
            callError -> {
              assertThat(callError.metadata("bytes")).isEqualTo("1048577");
              assertThat(callError.metadata("bytes_max")).isEqualTo("1048576");
            }),
        Provocation.of(
            Reason.CONDITION_FAILED,
            Code.ABORTED,
            worlds -> worlds.well().kv().put(EveryCall.pair().setIfModIndex(NO_SUCH).build()),
            callError -> assertThat(callError.metadata("mod_index")).isEqualTo("0")),
        Provocation.of(
            Reason.CONDITION_FAILED,
            Code.ABORTED,
            worlds ->
                worlds
                    .well()
                    .locks()
                    .release(
                        ReleaseRequest.newBuilder()
                            .setName(EveryCall.SECRET)
                            .setFencingToken(NO_SUCH)
                            .build())),
        Provocation.of(
            Reason.REQUEST_ID_REUSED,
            Code.INVALID_ARGUMENT,
            worlds -> {
              worlds.well().propose("once", "first");
              worlds.well().propose("once", EveryCall.SECRET);
            }));
  }

  static List<Provocation> ofSessions() {
    return List.of(
        Provocation.of(
            Reason.SESSION_UNKNOWN,
            Code.FAILED_PRECONDITION,
            worlds ->
                worlds
                    .well()
                    .propose(
                        SessionSequence.newBuilder().setSessionId("" + NO_SUCH).setSequence(1))),
        Provocation.of(
            Reason.SEQUENCE_REUSED,
            Code.INVALID_ARGUMENT,
            worlds -> {
              SessionSequence.Builder place = worlds.well().place(1);
              worlds.well().propose(place);
              var unused =
                  worlds.well().kv().put(EveryCall.pair().setSessionSequence(place).build());
            }),
        Provocation.of(
            Reason.SEQUENCE_FORGOTTEN,
            Code.FAILED_PRECONDITION,
            worlds -> {
              SessionSequence.Builder place = worlds.well().place(1);
              worlds.well().propose(place);
              worlds.well().propose(place.setSequence(2).setAckedBelow(2));
              worlds.well().propose(place.setSequence(1).setAckedBelow(0));
            }),
        Provocation.of(
            Reason.SEQUENCE_AHEAD,
            Code.RESOURCE_EXHAUSTED,
            worlds -> worlds.well().propose(worlds.well().place(NO_SUCH))));
  }

  private static void countsVoters(CallError callError) {
    Provocation.saysWhenToComeBack(callError);
    assertThat(callError.detail(QuorumInfo.class))
        .isEqualTo(QuorumInfo.newBuilder().setVoters(3).setReachable(1).setRequired(2).build());
  }

  private static Provocation unavailable(Reason reason, Availability why) {
    return Provocation.of(
        reason,
        Code.UNAVAILABLE,
        worlds -> {
          TestServer server = worlds.memory();
          server.node.alone = why;
          server.node.feel(NodeCondition.ALONE);
          new EveryCall(server.channel).propose();
        },
        Provocation::saysWhenToComeBack);
  }

  static List<Provocation> ofTheCluster() {
    return List.of(
        Provocation.of(
            Reason.NOT_FORMED,
            Code.UNAVAILABLE,
            worlds -> worlds.alone().propose(),
            ProposalErrors::countsVoters),
        Provocation.of(
            Reason.NOT_FORMED,
            Code.UNAVAILABLE,
            worlds -> worlds.alone().log().read(EveryCall.read(ReadOptions.newBuilder())),
            ProposalErrors::countsVoters),
        unavailable(Reason.NO_QUORUM, Situations.alone()),
        unavailable(Reason.QUORUM_LOST, Situations.lost()),
        unavailable(Reason.NO_LEADER, Situations.of(Availability.Reason.NO_LEADER, 3, List.of(2))),
        unavailable(Reason.TOO_SLOW, Situations.led(2)),
        Provocation.of(
            Reason.OVERLOADED,
            Code.RESOURCE_EXHAUSTED,
            worlds -> {
              assertThat(worlds.tight().log().watch(WATCH).next().hasStarted()).isTrue();
              var unused = worlds.tight().log().watch(WATCH).next();
            },
            Provocation::saysWhenToComeBack),
        Provocation.of(
            Reason.QUOTA_EXCEEDED,
            Code.RESOURCE_EXHAUSTED,
            worlds -> worlds.tight().kv().put(EveryCall.pair().build()),
            callError -> {
              Provocation.saysWhenToComeBack(callError);
              assertThat(callError.metadata("quota")).isEqualTo("disk");
              assertThat(Long.parseLong(callError.metadata("bytes"))).isGreaterThan(1);
              assertThat(callError.metadata("bytes_max")).isEqualTo("1");
            }),
        Provocation.of(
            Reason.NOT_CHOSEN,
            Code.NOT_FOUND,
            worlds ->
                InspectGrpc.newBlockingStub(worlds.well().channel())
                    .getDecision(GetDecisionRequest.newBuilder().setSlot(NO_SUCH).build())));
  }

  private static final SessionSequence PLACE =
      SessionSequence.newBuilder().setSessionId("1").setSequence(50).setAckedBelow(7).build();

  /** Proposes at a slow fake node, since a real single node knows every outcome at once. */
  private static void proposeSlowly(Worlds worlds, ProposeRequest.Builder request) {
    TestServer server = worlds.memory();
    server.node.feel(NodeCondition.SLOW);
    var unused = new EveryCall(server.channel).soon().propose(request.build());
  }

  private static void lead(EveryCall everyCall) {
    var unused =
        everyCall
            .admin()
            .withDeadlineAfter(1_500, TimeUnit.MILLISECONDS)
            .transferLeadership(TransferLeadershipRequest.getDefaultInstance());
  }

  static List<Provocation> ofLeaders() {
    return List.of(
        Provocation.of(
            Reason.OUTCOME_UNKNOWN,
            Code.UNKNOWN,
            worlds -> proposeSlowly(worlds, EveryCall.command().setSessionSequence(PLACE)),
            callError ->
                assertThat(callError.detail(OutcomeUnknown.class))
                    .isEqualTo(OutcomeUnknown.newBuilder().setSessionSequence(PLACE).build())),
        Provocation.of(
            Reason.OUTCOME_UNKNOWN,
            Code.UNKNOWN,
            worlds -> proposeSlowly(worlds, EveryCall.command().setRequestId("mine")),
            callError ->
                assertThat(callError.detail(OutcomeUnknown.class))
                    .isEqualTo(OutcomeUnknown.newBuilder().setRequestId("mine").build())),
        Provocation.of(
            Reason.NOT_LEADER,
            Code.FAILED_PRECONDITION,
            worlds -> lead(worlds.alone()),
            callError ->
                assertThat(callError.detail(LeaderHint.class))
                    .as("no leader is heard")
                    .isEqualTo(LeaderHint.getDefaultInstance())),
        // A second real node would be slow to start.
        Provocation.of(
            Reason.NOT_LEADER,
            Code.FAILED_PRECONDITION,
            worlds -> {
              TestServer server = worlds.memory();
              server.node.feel(NodeCondition.FOLLOWING);
              lead(new EveryCall(server.channel));
            },
            callError -> {
              assertThat(callError.detail(LeaderHint.class).getNodeId()).isEqualTo("2");
              assertThat(callError.detail(LeaderHint.class).getBallot().getRound()).isEqualTo(8);
            }),
        Provocation.of(
            Reason.NOT_HANDED_OVER,
            Code.DEADLINE_EXCEEDED,
            worlds -> {
              // The node leads once it answers.
              assertThat(worlds.well().propose()).isPositive();
              lead(worlds.well());
            }));
  }
}
