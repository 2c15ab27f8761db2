package io.synod.api.errors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import io.synod.api.CallError;
import io.synod.api.NodeCondition;
import io.synod.api.TestServer;
import io.synod.v1.AckAppliedRequest;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.DeleteRequest;
import io.synod.v1.DropConsumerRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.LocksGrpc;
import io.synod.v1.LogGrpc;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.ProposeRequest;
import io.synod.v1.PutRequest;
import io.synod.v1.Reason;
import io.synod.v1.ReleaseRequest;
import io.synod.v1.SessionsGrpc;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that the advice in an error is true of the request. */
@Timeout(30)
@Tag("slow")
class AdviceTest {
  private static final List<String> IDENTITIES = List.of("session_sequence", "request_id");

  private record Call(Message request, Runnable made) {
    private static <T extends Message> Call of(T request, Consumer<T> made) {
      return new Call(request, () -> made.accept(request));
    }

    private void check() {
      CallError callError = CallError.by(made::run);
      assertThat(callError.reason()).as("%s", request).isEqualTo(Reason.OUTCOME_UNKNOWN);
      for (String field : IDENTITIES) {
        boolean has = request.getDescriptorForType().findFieldByName(field) != null;
        assertThat(callError.text().contains(field))
            .as("%s of %s", field, request.getDescriptorForType().getName())
            .isEqualTo(has);
      }
    }
  }

  @Test
  void namesNoFieldThatTheRequestLacks() throws Exception {
    try (TestServer server = new TestServer()) {
      server.node.feel(NodeCondition.SLOW);
      LogGrpc.LogBlockingStub log = server.log();
      var sessions = SessionsGrpc.newBlockingStub(server.channel);
      var locks = LocksGrpc.newBlockingStub(server.channel);
      var kv = KVGrpc.newBlockingStub(server.channel);
      ReleaseRequest release = ReleaseRequest.newBuilder().setName("l").setFencingToken(3).build();
      List<Call> calls =
          List.of(
              Call.of(OpenSessionRequest.getDefaultInstance(), sessions::openSession),
              Call.of(
                  CloseSessionRequest.newBuilder().setSessionId("4").build(),
                  sessions::closeSession),
              Call.of(AckAppliedRequest.newBuilder().setConsumer("c").build(), log::ackApplied),
              Call.of(DropConsumerRequest.newBuilder().setConsumer("c").build(), log::dropConsumer),
              Call.of(release, locks::release),
              Call.of(release.toBuilder().setForce(true).build(), locks::release),
              Call.of(ProposeRequest.getDefaultInstance(), log::propose),
              Call.of(PutRequest.newBuilder().setKey("k").build(), kv::put),
              Call.of(DeleteRequest.newBuilder().setKey("k").build(), kv::delete));
      ExecutorService threads = Executors.newFixedThreadPool(calls.size());
      try {
        for (Future<?> checked : calls.stream().map(call -> threads.submit(call::check)).toList()) {
          checked.get(20, TimeUnit.SECONDS);
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }
}
