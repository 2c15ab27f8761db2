package io.synod.api.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.TestServer;
import io.synod.state.command.Entry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.v1.Compare;
import io.synod.v1.FencingToken;
import io.synod.v1.KVGrpc;
import io.synod.v1.Op;
import io.synod.v1.PutRequest;
import io.synod.v1.Reason;
import io.synod.v1.TxnRequest;
import io.synod.v1.TxnResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TxnTest {
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

  private TxnResponse txn(TxnRequest.Builder request) {
    return kv().txn(request.build());
  }

  private static Op put(String key, String value) {
    return Op.newBuilder()
        .setPut(Op.PutOp.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value)))
        .build();
  }

  private static Op get(String key) {
    return Op.newBuilder().setGetKey(key).build();
  }

  private static Op delete(String key) {
    return Op.newBuilder().setDeleteKey(key).build();
  }

  private static Op deletePrefix(String prefix) {
    return Op.newBuilder().setDeletePrefix(prefix).build();
  }

  private static Compare absent(String key) {
    return Compare.newBuilder().setKeyAbsent(key).build();
  }

  private static Compare held(String lock, long token) {
    return Compare.newBuilder()
        .setLockHeld(FencingToken.newBuilder().setLock(lock).setToken(token))
        .build();
  }

  private static String text(io.synod.v1.KeyValue pair) {
    return pair.getValue().toStringUtf8();
  }

  @Test
  void doesItsOperationsInOrderEachOnTheResultOfThoseBefore() {
    TxnResponse response =
        txn(
            TxnRequest.newBuilder()
                .addCompares(absent("a"))
                .addSuccess(put("a", "1"))
                .addSuccess(get("a"))
                .addSuccess(put("a", "2"))
                .addSuccess(delete("a"))
                .addSuccess(get("a"))
                .addSuccess(put("a/1", "x"))
                .addSuccess(put("a/2", "y"))
                .addSuccess(deletePrefix("a/"))
                .addFailure(put("b", "no")));

    assertThat(response.getSucceeded()).isTrue();
    assertThat(response.getIndex()).isEqualTo(2);
    assertThat(text(response.getResults(1).getKv())).isEqualTo("1");
    assertThat(text(response.getResults(2).getPrevious())).isEqualTo("1");
    assertThat(response.getResults(2).getKv().getVersion()).isEqualTo(2);
    assertThat(text(response.getResults(3).getPrevious())).isEqualTo("2");
    assertThat(response.getResults(3).getDeleted()).isEqualTo(1);
    assertThat(response.getResults(4).hasKv()).isFalse();
    assertThat(response.getResults(7).getDeleted()).isEqualTo(2);
    assertThat(server.node.state().keyCount()).isZero();
  }

  @Test
  void doesTheOtherBranchWhenACompareFails() {
    txn(TxnRequest.newBuilder().addSuccess(put("a", "1")));

    TxnResponse response =
        txn(
            TxnRequest.newBuilder()
                .addCompares(absent("a"))
                .addSuccess(put("a", "2"))
                .addFailure(get("a"))
                .addFailure(put("b", "3")));

    assertThat(response.getSucceeded()).isFalse();
    assertThat(response.getResultsCount()).isEqualTo(2);
    assertThat(text(response.getResults(0).getKv())).isEqualTo("1");
    assertThat(text(response.getResults(1).getKv())).isEqualTo("3");
  }

  @Test
  void comparesIndexValueAndAbsence() {
    long index = txn(TxnRequest.newBuilder().addSuccess(put("a", "1"))).getIndex();
    Compare.KeyIndex is = Compare.KeyIndex.newBuilder().setKey("a").setIndex(index).build();
    Compare.KeyBytes one =
        Compare.KeyBytes.newBuilder().setKey("a").setValue(ByteString.copyFromUtf8("1")).build();

    assertThat(holds(Compare.newBuilder().setModIndexIs(is))).isTrue();
    assertThat(holds(Compare.newBuilder().setModIndexIs(is.toBuilder().setIndex(9)))).isFalse();
    assertThat(holds(Compare.newBuilder().setValueIs(one))).isTrue();
    assertThat(holds(Compare.newBuilder().setValueIs(one.toBuilder().setKey("b")))).isFalse();
    assertThat(holds(Compare.newBuilder().setKeyAbsent("b"))).isTrue();
    assertThat(holds(Compare.newBuilder().setKeyAbsent("a"))).isFalse();
  }

  private boolean holds(Compare.Builder compare) {
    return txn(TxnRequest.newBuilder().addCompares(compare)).getSucceeded();
  }

  @Test
  void writesUnderAFenceOnlyWhileTheLockIsHeldUnderThatToken() {
    SystemCommands.Hold hold = new SystemCommands.Hold("l", Payload.EMPTY, 10_000, false);
    server
        .node
        .open(
            io.synod.state.command.NewEntry.of(Entry.Kind.HOLD, hold.encode()),
            Duration.ofSeconds(5))
        .join();
    long token = Objects.requireNonNull(server.node.state().lock("l")).token();

    assertThat(holds(held("l", token).toBuilder())).isTrue();
    assertThat(holds(held("l", token + 1).toBuilder())).isFalse();
    assertThat(holds(held("other", token).toBuilder())).isFalse();
    server.node.expire(token);
    assertThat(holds(held("l", token).toBuilder())).isFalse();
  }

  @Test
  void answersARepeatedTransactionOnce() {
    TxnRequest.Builder request =
        TxnRequest.newBuilder()
            .addCompares(absent("a"))
            .addSuccess(put("a", "1"))
            .setRequestId("once");

    TxnResponse first = txn(request);
    TxnResponse again = txn(request);

    assertThat(again.getDeduplicated()).isTrue();
    assertThat(again.getSucceeded()).isTrue();
    assertThat(again.getIndex()).isEqualTo(first.getIndex());
    assertThat(again.getResultsList()).isEqualTo(first.getResultsList());
  }

  @Test
  void keepsPairsForATimeOrWithASession() {
    Op.PutOp.Builder op = Op.PutOp.newBuilder().setKey("a");
    TxnResponse response =
        txn(
            TxnRequest.newBuilder()
                .addSuccess(Op.newBuilder().setPut(op.setTtl(Durations.fromSeconds(1)).build()))
                .addSuccess(
                    Op.newBuilder().setPut(op.clearTtl().setKey("b").setSessionId("1").build())));

    assertThat(response.getResults(0).getKv().hasExpireTime()).isTrue();
    assertThat(response.getResults(1).getKv().getSessionId()).isEqualTo("1");
  }

  @Test
  void refusesAPrefixOfTooManyPairsAsAWhole() {
    for (int i = 0; i < 79; i++) {
      TxnRequest.Builder many = TxnRequest.newBuilder();
      for (int j = 0; j < 128; j++) {
        many.addSuccess(put("p/" + i + "/" + j, ""));
      }
      txn(many);
    }

    CallError callError =
        CallError.by(
            () ->
                txn(
                    TxnRequest.newBuilder()
                        .addSuccess(put("q", "1"))
                        .addSuccess(deletePrefix("p/"))));

    assertThat(callError.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(callError.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(callError.metadata("field")).isEqualTo("delete_prefix");
    assertThat(server.node.state().get("q")).isNull();
    assertThat(txn(TxnRequest.newBuilder().addSuccess(deletePrefix("p/1"))).getResults(0))
        .extracting(result -> result.getDeleted())
        .isEqualTo(11L * 128);
  }

  @Test
  void refusesToReadMoreThanAnAnswerHolds() {
    ByteString large = ByteString.copyFrom(new byte[1_000_000]);
    for (String key : new String[] {"a", "b", "c"}) {
      assertThat(kv().put(PutRequest.newBuilder().setKey(key).setValue(large).build()).hasKv())
          .isTrue();
    }

    CallError callError =
        CallError.by(
            () ->
                txn(
                    TxnRequest.newBuilder()
                        .addSuccess(delete("a"))
                        .addSuccess(get("b"))
                        .addSuccess(get("c"))));

    assertThat(callError.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(callError.metadata("field")).isEqualTo("results");
    assertThat(server.node.state().get("a")).isNotNull();
    TxnResponse fits = txn(TxnRequest.newBuilder().addSuccess(get("b")).addSuccess(get("c")));
    assertThat(fits.getSerializedSize()).isGreaterThan(2_000_000);
  }
}
