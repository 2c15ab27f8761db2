package io.synod.api.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.NodeCondition;
import io.synod.api.TestServer;
import io.synod.v1.CompactionInfo;
import io.synod.v1.DeleteRequest;
import io.synod.v1.DeleteResponse;
import io.synod.v1.GetRequest;
import io.synod.v1.GetResponse;
import io.synod.v1.KVGrpc;
import io.synod.v1.KeyValue;
import io.synod.v1.OutcomeUnknown;
import io.synod.v1.PutRequest;
import io.synod.v1.PutResponse;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.Reason;
import io.synod.v1.SessionSequence;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class KvTest {
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(server.channel);
  }

  private static PutRequest.Builder put(String key, String value) {
    return PutRequest.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value));
  }

  private PutResponse put(PutRequest.Builder request) {
    return kv().put(request.build());
  }

  private GetResponse get(GetRequest.Builder request) {
    return kv().get(request.build());
  }

  private static GetRequest.Builder key(String key) {
    return GetRequest.newBuilder().setKey(key);
  }

  private static SessionSequence place(long sequence) {
    return SessionSequence.newBuilder().setSessionId("1").setSequence(sequence).build();
  }

  @Test
  void givesBackWhatWasPut() {
    PutResponse first = put(put("größe", "a"));
    PutResponse second = put(put("größe", "b"));
    GetResponse got = get(key("größe"));

    assertThat(first.hasPrevious()).isFalse();
    assertThat(first.getKv().getCreateIndex()).isEqualTo(2);
    assertThat(first.getInfo().getAppliedIndex()).isEqualTo(2);
    assertThat(second.getPrevious()).isEqualTo(first.getKv());
    assertThat(got.getKv()).isEqualTo(second.getKv());
    assertThat(got.getKv())
        .isEqualTo(
            KeyValue.newBuilder()
                .setKey("größe")
                .setValue(ByteString.copyFromUtf8("b"))
                .setCreateIndex(2)
                .setModIndex(3)
                .setVersion(2)
                .build());
    assertThat(got.getInfo().getAppliedIndex()).isEqualTo(3);
    assertThat(got.getInfo().getEffectiveLevel()).isEqualTo(ReadLevel.READ_LEVEL_STRONG);
  }

  @Test
  void answersAnAbsentKeyWithoutAPair() {
    assertThat(get(key("no")).hasKv()).isFalse();
    DeleteResponse deleted = kv().delete(DeleteRequest.newBuilder().setKey("no").build());
    assertThat(deleted.hasPrevious()).isFalse();
    assertThat(deleted.getInfo().getAppliedIndex()).isEqualTo(2);
  }

  @Test
  void deletesAPairAndCreatesItAnew() {
    KeyValue was = put(put("k", "a")).getKv();

    DeleteResponse deleted = kv().delete(DeleteRequest.newBuilder().setKey("k").build());

    assertThat(deleted.getPrevious()).isEqualTo(was);
    assertThat(get(key("k")).hasKv()).isFalse();
    assertThat(put(put("k", "b")).getKv().getCreateIndex()).isEqualTo(4);
  }

  @Test
  void writesOnlyIfThePairIsAsTheRequestWantsIt() {
    assertThat(put(put("k", "a").setIfModIndex(0)).getKv().getModIndex()).isEqualTo(2);
    assertThat(put(put("k", "b").setIfModIndex(2)).getKv().getModIndex()).isEqualTo(3);

    CallError stale = CallError.by(() -> put(put("k", "c").setIfModIndex(2)));
    CallError there = CallError.by(() -> put(put("k", "c").setIfModIndex(0)));
    DeleteRequest delete = DeleteRequest.newBuilder().setKey("k").setIfModIndex(9).build();
    CallError undeleted = CallError.by(() -> kv().delete(delete));
    CallError absent = CallError.by(() -> put(put("none", "c").setIfModIndex(7)));

    for (CallError callError : List.of(stale, there, undeleted, absent)) {
      assertThat(callError.code()).isEqualTo(Code.ABORTED);
      assertThat(callError.reason()).isEqualTo(Reason.CONDITION_FAILED);
    }
    assertThat(stale.metadata("mod_index")).isEqualTo("3");
    assertThat(absent.metadata("mod_index")).isEqualTo("0");
    assertThat(get(key("k")).getKv().getValue().toStringUtf8()).isEqualTo("b");
    assertThat(kv().delete(delete.toBuilder().setIfModIndex(3).build()).hasPrevious()).isTrue();
  }

  @Test
  void answersARepeatedRequestOnce() {
    PutResponse first = put(put("k", "a").setSessionSequence(place(1)));
    put(put("k", "b"));
    PutResponse again = put(put("k", "a").setSessionSequence(place(1)));
    PutResponse named = put(put("k", "c").setRequestId("r-1"));
    PutResponse namedAgain = put(put("k", "c").setRequestId("r-1"));
    DeleteRequest delete = DeleteRequest.newBuilder().setKey("k").setRequestId("d").build();

    assertThat(again.getDeduplicated()).isTrue();
    assertThat(again.getKv()).isEqualTo(first.getKv());
    assertThat(namedAgain.getDeduplicated()).isTrue();
    assertThat(namedAgain.getPrevious()).isEqualTo(named.getPrevious());
    assertThat(kv().delete(delete).getDeduplicated()).isFalse();
    assertThat(kv().delete(delete).getDeduplicated()).isTrue();
    assertThat(kv().delete(delete).getPrevious()).isEqualTo(named.getKv());
  }

  @Test
  void refusesAnotherPayloadUnderAUsedName() {
    put(put("k", "a").setSessionSequence(place(1)));
    put(put("k", "a").setRequestId("r"));

    assertThat(CallError.by(() -> put(put("k", "b").setSessionSequence(place(1)))).reason())
        .isEqualTo(Reason.SEQUENCE_REUSED);
    CallError named = CallError.by(() -> put(put("k", "b").setRequestId("r")));
    assertThat(named.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(named.reason()).isEqualTo(Reason.REQUEST_ID_REUSED);
  }

  @Test
  void saysWhatToSendAgainWhenTheOutcomeIsUnknown() {
    server.node.feel(NodeCondition.SLOW);
    KVGrpc.KVBlockingStub hasty = kv().withDeadlineAfter(Duration.ofMillis(1_500));

    CallError placed =
        CallError.by(() -> hasty.put(put("k", "a").setSessionSequence(place(4)).build()));
    CallError named =
        CallError.by(
            () ->
                kv().withDeadlineAfter(Duration.ofMillis(1_500))
                    .put(put("k", "a").setRequestId("r").build()));

    assertThat(placed.code()).isEqualTo(Code.UNKNOWN);
    assertThat(placed.detail(OutcomeUnknown.class).getSessionSequence()).isEqualTo(place(4));
    assertThat(named.reason()).isEqualTo(Reason.OUTCOME_UNKNOWN);
    assertThat(named.detail(OutcomeUnknown.class).getRequestId()).isEqualTo("r");
    assertThat(named.text()).contains("request_id");
  }

  @Test
  void letsAPairGoWhenItsTimeIsOver() {
    PutResponse kept = put(put("k", "a").setTtl(Durations.fromSeconds(10)));
    assertThat(Timestamps.toSeconds(kept.getKv().getExpireTime())).isEqualTo(12);

    server.node.expireKeys();
    assertThat(get(key("k")).hasKv()).isTrue();
    server.node.log.sleep(10_000);
    server.node.expireKeys();
    assertThat(get(key("k")).hasKv()).isFalse();
  }

  @Test
  void letsAPairGoWithItsSession() {
    long session = server.node.openSession("s", Duration.ofSeconds(5)).thenApply(it -> 2L).join();
    put(put("k", "a").setSessionId("" + session));
    assertThat(get(key("k")).getKv().getSessionId()).isEqualTo("2");

    server.node.expire(session);

    assertThat(get(key("k")).hasKv()).isFalse();
    CallError callError = CallError.by(() -> put(put("k", "a").setSessionId("2")));
    assertThat(callError.reason()).isEqualTo(Reason.SESSION_UNKNOWN);
    assertThat(callError.code()).isEqualTo(Code.FAILED_PRECONDITION);
  }

  @Test
  void readsThePastAsLongAsItIsKept() {
    for (int i = 0; i < 5; i++) {
      put(put("k", "v" + i));
    }
    server.node.log.forgetStates(4);

    GetResponse past = get(key("k").setAtIndex(4));
    CallError gone = CallError.by(() -> get(key("k").setAtIndex(3)));
    CallError future =
        CallError.by(
            () ->
                get(
                    key("k")
                        .setAtIndex(99)
                        .setOptions(
                            ReadOptions.newBuilder().setLevel(ReadLevel.READ_LEVEL_LOCAL))));

    assertThat(past.getKv().getValue().toStringUtf8()).isEqualTo("v2");
    assertThat(past.getInfo().getAppliedIndex()).isEqualTo(4);
    assertThat(gone.code()).isEqualTo(Code.OUT_OF_RANGE);
    assertThat(gone.reason()).isEqualTo(Reason.COMPACTED);
    assertThat(gone.detail(CompactionInfo.class).getOldestIndex()).isEqualTo(4);
    assertThat(future.reason()).isEqualTo(Reason.NOT_YET_APPLIED);
  }

  @Test
  void readsAtEveryLevelAndSaysWhich() {
    put(put("k", "a"));
    server.node.feel(NodeCondition.ALONE);

    assertThat(CallError.by(() -> get(key("k"))).reason()).isEqualTo(Reason.NO_QUORUM);
    ReadOptions local = ReadOptions.newBuilder().setLevel(ReadLevel.READ_LEVEL_LOCAL).build();
    GetResponse got = get(key("k").setOptions(local));
    assertThat(got.hasKv()).isTrue();
    assertThat(got.getInfo().getEffectiveLevel()).isEqualTo(ReadLevel.READ_LEVEL_LOCAL);
    assertThat(got.getInfo().getStaleness().getSeconds()).isEqualTo(9);
  }

  @Test
  void refusesWhatIsLargerThanACommandMayBe() {
    PutRequest.Builder large =
        PutRequest.newBuilder().setKey("k").setValue(ByteString.copyFrom(new byte[1 << 20]));

    CallError callError = CallError.by(() -> put(large));

    assertThat(callError.reason()).isEqualTo(Reason.COMMAND_TOO_LARGE);
    assertThat(server.node.log.appliedIndex()).isEqualTo(1);
    put(large.setValue(ByteString.copyFrom(new byte[(1 << 20) - 16])));
  }
}
