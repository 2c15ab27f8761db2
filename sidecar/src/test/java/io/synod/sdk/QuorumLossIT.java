package io.synod.sdk;

import static com.google.protobuf.util.Durations.toMillis;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.synod.processes.ChildProgram;
import io.synod.processes.SidecarCluster;
import io.synod.processes.SidecarProcess;
import io.synod.v1.Entry;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.QuorumInfo;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.ReadRequest;
import io.synod.v1.ReadResponse;
import io.synod.v1.Reason;
import io.synod.v1.StalenessInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the errors that clients of the last of three sidecars get, until another one returns. */
@Tag("alone")
@Timeout(240)
class QuorumLossIT {
  private static final long DEADLINE_SECONDS = 30;
  // This is well below the deadline: no call waits for a quorum that cannot be reached.
  private static final Duration FAST = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void aFollowerLeftAloneRefusesAtOnceAndWorksAgainWhenOneReturns() {
    try (SidecarCluster sidecarCluster =
        SidecarCluster.three(folder, ChildProgram.logs("follower-alone"))) {
      SidecarProcess leader = sidecarCluster.awaitLeader();
      SidecarProcess alone = sidecarCluster.others(leader).get(0);
      SidecarProcess returning = sidecarCluster.others(leader).get(1);
      loseTheQuorum(sidecarCluster, alone, returning);
    }
  }

  @Test
  void aLeaderLeftAloneRefusesAtOnceAndWorksAgainWhenOneReturns() {
    try (SidecarCluster sidecarCluster =
        SidecarCluster.three(folder, ChildProgram.logs("leader-alone"))) {
      SidecarProcess leader = sidecarCluster.awaitLeader();
      loseTheQuorum(sidecarCluster, leader, sidecarCluster.others(leader).get(0));
    }
  }

  private void loseTheQuorum(
      SidecarCluster sidecarCluster, SidecarProcess alone, SidecarProcess returning) {
    ProposeResponse before = propose(alone, "before");
    long killedAt = System.nanoTime();
    sidecarCluster.others(alone).forEach(SidecarProcess::kill9);

    firstWordsAfterTheLoss(alone);
    await("it notices")
        .atMost(PATIENCE)
        .until(() -> alone.awaitStatus().getQuorum().getReachable() == 1);
    for (int attempt = 1; attempt <= 3; attempt++) {
      assertNoQuorum("proposal", () -> propose(alone, "refused"));
      assertNoQuorum("STRONG read", () -> read(alone, ReadLevel.READ_LEVEL_STRONG));
      assertNoQuorum("default read", () -> read(alone, ReadLevel.READ_LEVEL_UNSPECIFIED));
    }
    long staleness = assertLocalSaysItsStaleness(alone, killedAt, before.getIndex());
    assertThat(assertLocalSaysItsStaleness(alone, killedAt, before.getIndex()))
        .isGreaterThan(staleness);
    assertTooStale(alone);

    long returnedAt = System.nanoTime();
    returning.start();
    await("work goes on without help")
        .atMost(PATIENCE)
        .ignoreException(StatusRuntimeException.class)
        .until(() -> propose(alone, "after").getIndex() > before.getIndex());
    report("worked again " + millisSince(returnedAt) + " ms after one was started");
    assertNothingRefusedIsThere(alone);
    sidecarCluster.awaitApplied(returning, before.getIndex());
    sidecarCluster.awaitLeader();
    assertNothingRefusedIsThere(returning);
  }

  // The node does not notice the loss at once. A read must end well before its deadline even then.
  // A proposal that was already sent may be chosen later, so its outcome is unknown.
  private void firstWordsAfterTheLoss(SidecarProcess alone) {
    long began = System.nanoTime();
    ListenableFuture<ProposeResponse> sentOff =
        LogGrpc.newFutureStub(alone.channel()).propose(command("at the moment of the loss"));
    Status read = refusal(() -> read(alone, ReadLevel.READ_LEVEL_STRONG));
    report("a STRONG read at the moment of the loss ended after " + millisSince(began) + " ms");
    assertThat(reason(read)).isEqualTo(Reason.NO_QUORUM);
    assertThat(millisSince(began)).isLessThan(DEADLINE_SECONDS * 1_000 / 3);

    Status proposal = refusal(() -> Futures.getUnchecked(sentOff));
    report("a proposal at that moment: " + reason(proposal) + " after " + millisSince(began));
    assertThat(reason(proposal)).isIn(Reason.NO_QUORUM, Reason.OUTCOME_UNKNOWN);
    assertThat(proposal.getCode())
        .isEqualTo(
            reason(proposal) == Reason.NO_QUORUM
                ? Code.UNAVAILABLE.getNumber()
                : Code.UNKNOWN.getNumber());
  }

  private void assertNoQuorum(String what, Supplier<?> call) {
    long began = System.nanoTime();
    Status status = refusal(call);
    long millis = millisSince(began);
    report(what + " without a quorum: " + status.getMessage() + "; after " + millis + " ms");

    assertThat(millis).isLessThan(FAST.toMillis());
    assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE.getNumber());
    assertThat(reason(status)).isEqualTo(Reason.NO_QUORUM);
    assertThat(detail(status, QuorumInfo.class))
        .isEqualTo(QuorumInfo.newBuilder().setVoters(3).setReachable(1).setRequired(2).build());
    assertThat(Durations.isPositive(detail(status, RetryInfo.class).getRetryDelay())).isTrue();
  }

  private long assertLocalSaysItsStaleness(SidecarProcess alone, long killedAt, long index) {
    long began = System.nanoTime();
    ReadResponse page = read(alone, ReadLevel.READ_LEVEL_LOCAL);
    long silence = millisSince(killedAt);
    long staleness = toMillis(page.getInfo().getStaleness());
    report("a LOCAL read took " + millisSince(began) + " ms and is " + staleness + " ms stale");

    assertThat(page.getInfo().getEffectiveLevel()).isEqualTo(ReadLevel.READ_LEVEL_LOCAL);
    assertThat(page.getEntriesList()).extracting(Entry::getIndex).contains(index);
    assertThat(page.getInfo().hasStaleness()).isTrue();
    // The last contact with its leader, or with a quorum if it led, was about when the others were
    // killed.
    assertThat(staleness).isBetween(silence - 2_000, silence + 2_000);
    return staleness;
  }

  private void assertTooStale(SidecarProcess alone) {
    ReadOptions options =
        ReadOptions.newBuilder()
            .setLevel(ReadLevel.READ_LEVEL_BOUNDED)
            .setMaxStaleness(Durations.fromMillis(50))
            .build();
    ReadRequest request = ReadRequest.newBuilder().setOptions(options).build();
    Status status = refusal(() -> alone.log(DEADLINE_SECONDS).read(request));

    assertThat(status.getCode()).isEqualTo(Code.FAILED_PRECONDITION.getNumber());
    assertThat(reason(status)).isEqualTo(Reason.TOO_STALE);
    assertThat(toMillis(detail(status, StalenessInfo.class).getStaleness())).isGreaterThan(50);
  }

  // UNAVAILABLE means that the command was surely not executed.
  private void assertNothingRefusedIsThere(SidecarProcess sidecar) {
    List<String> commands =
        read(sidecar, ReadLevel.READ_LEVEL_STRONG).getEntriesList().stream()
            .map(entry -> entry.getCommand().toStringUtf8())
            .toList();
    assertThat(commands).contains("before", "after").doesNotContain("refused");
  }

  private static ProposeResponse propose(SidecarProcess sidecar, String command) {
    return sidecar.log(DEADLINE_SECONDS).propose(command(command));
  }

  private static ProposeRequest command(String command) {
    return ProposeRequest.newBuilder().setCommand(ByteString.copyFromUtf8(command)).build();
  }

  private static ReadResponse read(SidecarProcess sidecar, ReadLevel level) {
    ReadOptions options = ReadOptions.newBuilder().setLevel(level).build();
    return sidecar.log(DEADLINE_SECONDS).read(ReadRequest.newBuilder().setOptions(options).build());
  }

  private static Status refusal(Supplier<?> call) {
    // StatusProto also finds a typed status in the cause of a future's exception.
    Throwable error = catchThrowable(call::get);
    assertThat(error).as("the call is refused").isNotNull();
    return requireNonNull(StatusProto.fromThrowable(error), "no typed status");
  }

  private static Reason reason(Status status) {
    ErrorInfo info = detail(status, ErrorInfo.class);
    assertThat(info.getDomain()).isEqualTo("synod.dev");
    return Reason.valueOf(info.getReason());
  }

  private static <T extends com.google.protobuf.Message> T detail(Status status, Class<T> type) {
    for (Any any : status.getDetailsList()) {
      if (any.is(type)) {
        try {
          return any.unpack(type);
        } catch (InvalidProtocolBufferException e) {
          throw new AssertionError(e);
        }
      }
    }
    throw new AssertionError("no " + type.getSimpleName() + " in " + status);
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private static void report(String what) {
    System.out.println("quorum loss: " + what);
  }
}
