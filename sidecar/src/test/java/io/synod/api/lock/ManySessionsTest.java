package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.util.Durations;
import io.synod.api.CallError;
import io.synod.api.SingleNode;
import io.synod.api.server.ApiLimits;
import io.synod.runtime.port.CallerLimits;
import io.synod.state.Limits;
import io.synod.v1.AdminGrpc;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.OpenSessionResponse;
import io.synod.v1.PutRequest;
import io.synod.v1.PutResponse;
import io.synod.v1.Reason;
import io.synod.v1.SessionsGrpc;
import io.synod.v1.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the limit of sessions with a ttl, over a real node: core, disk and socket. */
@Timeout(120)
@Tag("slow")
final class ManySessionsTest {
  // Set it to 10,000 for the limit that sidecars run with.
  private static final int SESSIONS = Integer.getInteger("sessions.max", 40);
  private static final long TTL_MILLIS = Long.getLong("sessions.ttlMillis", 2_000);

  @TempDir private Path folder;

  private static SingleNode.Setup setup() {
    Limits usual = Limits.defaults();
    Limits few =
        new Limits(
            SESSIONS,
            usual.aheadMax(),
            usual.answers(),
            usual.expiriesMax(),
            usual.consumersMax(),
            usual.requests(),
            usual.openings());
    return new SingleNode.Setup(1, ApiLimits.defaults(), CallerLimits.defaults(), few);
  }

  private static OpenSessionRequest opening() {
    return OpenSessionRequest.newBuilder().setTtl(Durations.fromMillis(TTL_MILLIS)).build();
  }

  private static void open(SingleNode node, int count) throws Exception {
    SessionsGrpc.SessionsFutureStub stub =
        SessionsGrpc.newFutureStub(node.channel).withWaitForReady();
    List<ListenableFuture<OpenSessionResponse>> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      answers.add(stub.openSession(opening()));
      if (i % 1_000 == 999) {
        answers.get(i).get(10, TimeUnit.SECONDS);
      }
    }
    for (ListenableFuture<OpenSessionResponse> answer : answers) {
      answer.get(10, TimeUnit.SECONDS);
    }
  }

  private static PutResponse put(SingleNode node) {
    return KVGrpc.newBlockingStub(node.channel)
        .withWaitForReady()
        .put(PutRequest.newBuilder().setKey("a").build());
  }

  private static Status status(SingleNode node) {
    return AdminGrpc.newBlockingStub(node.channel).getStatus(GetStatusRequest.getDefaultInstance());
  }

  private static CallError refused(SingleNode node) {
    return CallError.by(() -> SessionsGrpc.newBlockingStub(node.channel).openSession(opening()));
  }

  @Test
  void writesGoOnAndTheSessionsExpireThoughThereAreAsManyAsMayBe() throws Exception {
    try (SingleNode node = new SingleNode(folder, setup())) {
      open(node, SESSIONS);
      CallError callError = refused(node);
      assertThat(put(node).getKv().getModIndex()).isPositive();
      assertThat(callError.reason()).isEqualTo(Reason.OVERLOADED);
      assertThat(callError.text())
          .startsWith("the cluster has " + SESSIONS + " sessions with a ttl");
      assertThat(status(node).getAlarmsList()).containsExactly("state_limit:sessions");
      while (status(node).getState().getSessions() > 10) {
        LockSupport.parkNanos(50_000_000);
      }
      assertThat(put(node).getKv().getModIndex()).isPositive();
      assertThat(status(node).getAlarmsList()).isEmpty();
      open(node, SESSIONS);
    }
    try (SingleNode node = new SingleNode(folder, setup())) {
      assertThat(put(node).getKv().getModIndex()).as("after a restart").isPositive();
      while (status(node).getState().getSessions() > 10) {
        LockSupport.parkNanos(50_000_000);
      }
      open(node, 1);
    }
  }
}
