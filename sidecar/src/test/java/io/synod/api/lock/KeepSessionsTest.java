package io.synod.api.lock;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import com.google.rpc.RetryInfo;
import io.grpc.stub.StreamObserver;
import io.synod.api.CallError;
import io.synod.api.MemoryNode;
import io.synod.api.NodeCondition;
import io.synod.api.StreamClient;
import io.synod.api.TestServer;
import io.synod.state.command.Entry;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.KeepSessionRequest;
import io.synod.v1.ListSessionsRequest;
import io.synod.v1.ListSessionsResponse;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.PutRequest;
import io.synod.v1.Reason;
import io.synod.v1.SessionState;
import io.synod.v1.SessionsGrpc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class KeepSessionsTest {
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private SessionsGrpc.SessionsBlockingStub sessions() {
    return SessionsGrpc.newBlockingStub(server.channel);
  }

  private String open(Duration ttl) {
    return sessions()
        .openSession(OpenSessionRequest.newBuilder().setDisplayName("s").setTtl(ttl).build())
        .getSessionId();
  }

  private long renewed(String session) {
    return Objects.requireNonNull(server.node.state().session(Long.parseLong(session)))
        .renewIndex();
  }

  /** A KeepSessions stream, and the states it received. */
  private final class KeepStream implements StreamObserver<SessionState> {
    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    private final StreamObserver<KeepSessionRequest> names =
        SessionsGrpc.newStub(server.channel).keepSessions(this);

    private void name(String session) {
      names.onNext(KeepSessionRequest.newBuilder().setSessionId(session).build());
    }

    private Object next() throws InterruptedException {
      return Objects.requireNonNull(arrived.poll(20, TimeUnit.SECONDS));
    }

    private SessionState state() throws InterruptedException {
      return (SessionState) next();
    }

    private CallError callError() throws InterruptedException {
      return CallError.of((Throwable) next());
    }

    @Override
    public void onNext(SessionState state) {
      arrived.add(state);
    }

    @Override
    public void onError(Throwable error) {
      arrived.add(error);
    }

    @Override
    public void onCompleted() {
      arrived.add("completed");
    }
  }

  @Test
  void renewsEachSessionItIsNamedAndSaysHowLongItIsValid() throws InterruptedException {
    String one = open(Durations.fromSeconds(1));
    String other = open(Durations.fromSeconds(60));
    long opened = renewed(one);
    KeepStream keeping = new KeepStream();
    keeping.name(one);
    SessionState first = keeping.state();
    keeping.name(other);
    keeping.name(other);

    assertThat(first.getSessionId()).isEqualTo(one);
    assertThat(Durations.toMillis(first.getValidFor())).isBetween(1L, 960L);
    assertThat(renewed(one)).isGreaterThan(opened);
    SessionState next = keeping.state();
    while (next.getSessionId().equals(one)) {
      next = keeping.state();
    }
    assertThat(Durations.toMillis(next.getValidFor())).isBetween(50_000L, 57_600L);
    // The session is renewed repeatedly without further requests.
    long before = renewed(one);
    while (!keeping.state().getSessionId().equals(one)) {
      assertThat(renewed(one)).isGreaterThanOrEqualTo(before);
    }
  }

  @Test
  void saysWhenASessionIsOver() throws InterruptedException {
    String closed = open(Durations.fromSeconds(60));
    String expired = open(Durations.fromSeconds(60));
    KeepStream keeping = new KeepStream();
    keeping.name(closed);
    keeping.name(expired);
    assertThat(keeping.state().getOver()).isFalse();
    assertThat(keeping.state().getOver()).isFalse();

    CloseSessionRequest closing = CloseSessionRequest.newBuilder().setSessionId(closed).build();
    assertThat(sessions().closeSession(closing).hasInfo()).isTrue();
    SessionState over = keeping.state();
    assertThat(over.getSessionId()).isEqualTo(closed);
    assertThat(over.getOver()).isTrue();
    assertThat(over.hasValidFor()).isFalse();
    server.node.expire(Long.parseLong(expired));
    assertThat(keeping.state().getSessionId()).isEqualTo(expired);
    keeping.name(closed);
    assertThat(keeping.state().getOver()).isTrue();
  }

  @Test
  void endsWithItsCallerAndLeavesTheSessionAlone() throws InterruptedException {
    String session = open(Durations.fromSeconds(60));
    int before = server.node.log.subscriptions();
    KeepStream keeping = new KeepStream();
    keeping.name(session);
    assertThat(keeping.state().getOver()).isFalse();
    assertThat(server.node.log.subscriptions()).isGreaterThan(before);

    keeping.names.onCompleted();

    assertThat(keeping.next()).isEqualTo("completed");
    assertThat(renewed(session)).isPositive();
    assertThat(server.node.log.subscriptions()).isEqualTo(before);
  }

  @Test
  void refusesWhatCannotBeKept() throws InterruptedException {
    KeepStream lasting = new KeepStream();
    lasting.name("1");
    KeepStream garbled = new KeepStream();
    garbled.name("x");
    KeepStream future = new KeepStream();
    future.name("999");

    assertThat(lasting.callError().metadata("field")).isEqualTo("session_id");
    assertThat(garbled.callError().metadata("field")).isEqualTo("session_id");
    assertThat(future.callError().reason()).isEqualTo(Reason.NOT_YET_APPLIED);
  }

  @Test
  void endsWhenItWouldHaveTooMuchToTell() {
    String kept = open(Durations.fromSeconds(3_600));
    long first = server.node.log.appliedIndex() + 1;
    int updatesMax = 20_000;
    List<Entry> others = new ArrayList<>(Collections.nCopies(updatesMax, null));
    others.set(0, MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 1));
    server.node.log.append(others);
    StreamClient<KeepSessionRequest, SessionState> stalled = new StreamClient<>() {};
    StreamObserver<KeepSessionRequest> names =
        SessionsGrpc.newStub(server.channel).keepSessions(stalled);
    names.onNext(KeepSessionRequest.newBuilder().setSessionId(kept).build());
    assertThat(stalled.next().getSessionId()).isEqualTo(kept);
    for (long id = first; id < first + updatesMax; id++) {
      names.onNext(KeepSessionRequest.newBuilder().setSessionId("" + id).build());
    }

    // For one session above that, the keep-alive itself reports the end.
    server.node.expire(Long.parseLong(kept));

    CallError callError = stalled.refusedUnasked();
    assertThat(callError.reason()).isEqualTo(Reason.OVERLOADED);
    assertThat(Durations.toMillis(callError.detail(RetryInfo.class).getRetryDelay())).isPositive();
  }

  @Test
  void endsWhenTheSidecarStops() throws InterruptedException {
    String session = open(Durations.fromSeconds(60));
    KeepStream keeping = new KeepStream();
    keeping.name(session);
    assertThat(keeping.state().getOver()).isFalse();
    server.services.drain();

    assertThat(keeping.callError().reason()).isEqualTo(Reason.SHUTTING_DOWN);
  }

  @Test
  void listsSessionsPageByPage() {
    String one = open(Durations.fromSeconds(60));
    String two = open(Durations.fromSeconds(70));
    assertThat(
            KVGrpc.newBlockingStub(server.channel)
                .put(PutRequest.newBuilder().setKey("k").setSessionId(one).build())
                .hasKv())
        .isTrue();

    ListSessionsResponse all = sessions().listSessions(ListSessionsRequest.getDefaultInstance());
    assertThat(all.getSessionsList())
        .extracting(ListSessionsResponse.Session::getSessionId)
        .containsExactly("1", one, two);
    assertThat(all.getSessions(1))
        .isEqualTo(
            ListSessionsResponse.Session.newBuilder()
                .setSessionId(one)
                .setDisplayName("s")
                .setNodeId("1")
                .setTtl(Durations.fromSeconds(60))
                .setRenewIndex(2)
                .setEphemeralKeys(1)
                .build());
    assertThat(all.getSessions(0).hasTtl()).isFalse();
    assertThat(all.getInfo().getAppliedIndex()).isEqualTo(4);
    ListSessionsRequest.Builder page = ListSessionsRequest.newBuilder().setPageSize(1);
    assertThat(sessions().listSessions(page.setAfterSessionId("1").build()).getSessionsList())
        .containsExactly(all.getSessions(1));
    assertThat(sessions().listSessions(page.setAfterSessionId(two).build()).getSessionsList())
        .isEmpty();
    server.node.feel(NodeCondition.ALONE);
    assertThat(CallError.by(() -> sessions().listSessions(page.build())).reason())
        .isEqualTo(Reason.NO_QUORUM);
  }
}
