package io.synod.api.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.TestServer;
import io.synod.api.server.HostileRequestsTest.Hostile;
import io.synod.v1.Compare;
import io.synod.v1.DeleteRequest;
import io.synod.v1.FencingToken;
import io.synod.v1.GetRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.ListRequest;
import io.synod.v1.ListSessionsRequest;
import io.synod.v1.Op;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.ProposeRequest;
import io.synod.v1.PutRequest;
import io.synod.v1.ReadOptions;
import io.synod.v1.Reason;
import io.synod.v1.SessionSequence;
import io.synod.v1.SessionsGrpc;
import io.synod.v1.TxnRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
final class HostileKvRequestsTest {
  private static final String LONG = "ä".repeat(513);

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
  @MethodSource({"reads", "writes", "transactions", "watches", "sessions", "names"})
  void getsOneTypedErrorThatNamesTheField(Hostile hostile) {
    CallError callError = CallError.by(() -> hostile.call().make(server));

    assertThat(callError.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(callError.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(callError.metadata("field")).isEqualTo(hostile.field());
    assertThat(callError.text()).startsWith(hostile.field() + " ").hasSizeLessThan(120);
    assertThat(server.node.log.appliedIndex()).as("nothing was changed").isEqualTo(1);
  }

  private static KVGrpc.KVBlockingStub kv(TestServer server) {
    return KVGrpc.newBlockingStub(server.channel);
  }

  private static Hostile get(String field, String what, GetRequest.Builder request) {
    return new Hostile(field, "of a get " + what, server -> kv(server).get(request.build()));
  }

  private static Hostile list(String field, String what, ListRequest.Builder request) {
    return new Hostile(field, "of a list " + what, server -> kv(server).list(request.build()));
  }

  private static ReadOptions level(int level) {
    return ReadOptions.newBuilder().setLevelValue(level).build();
  }

  static Stream<Hostile> reads() {
    return Stream.of(
        get("key", "not set", GetRequest.newBuilder()),
        get("key", "of 1026 bytes", GetRequest.newBuilder().setKey(LONG)),
        get("key", "of a mebibyte", GetRequest.newBuilder().setKey("k".repeat(1 << 20))),
        get("at_index", "above 2^63", GetRequest.newBuilder().setKey("k").setAtIndex(-1)),
        get("options.level", "unknown", GetRequest.newBuilder().setKey("k").setOptions(level(9))),
        get(
            "options.max_staleness",
            "missing",
            GetRequest.newBuilder().setKey("k").setOptions(level(3))),
        list("prefix", "of 1026 bytes", ListRequest.newBuilder().setPrefix(LONG)),
        list("page_size", "below 0", ListRequest.newBuilder().setPageSize(-1)),
        list("page_size", "of 10001", ListRequest.newBuilder().setPageSize(10_001)),
        list("page_token", "of nobody", ListRequest.newBuilder().setPageToken("abc")),
        list("at_index", "above 2^63", ListRequest.newBuilder().setAtIndex(-1)),
        list(
            "at_index", "with a token", ListRequest.newBuilder().setAtIndex(1).setPageToken("abc")),
        list("options.level", "unknown", ListRequest.newBuilder().setOptions(level(9))));
  }

  private static Hostile put(String field, String what, PutRequest.Builder request) {
    return new Hostile(field, "of a put " + what, server -> kv(server).put(request.build()));
  }

  private static PutRequest.Builder k() {
    return PutRequest.newBuilder().setKey("k");
  }

  private static Hostile delete(String field, String what, DeleteRequest.Builder request) {
    return new Hostile(field, "of a delete " + what, server -> kv(server).delete(request.build()));
  }

  static Stream<Hostile> writes() {
    return Stream.of(
        put("key", "not set", PutRequest.newBuilder()),
        put("key", "of 1026 bytes", PutRequest.newBuilder().setKey(LONG)),
        put("ttl", "of nothing", k().setTtl(Duration.getDefaultInstance())),
        put("ttl", "of less than a second", k().setTtl(Durations.fromMillis(999))),
        put("ttl", "below 0", k().setTtl(Durations.fromSeconds(-5))),
        put("ttl", "above 365 days", k().setTtl(Durations.fromDays(366))),
        put("ttl", "of 10000 years", k().setTtl(Durations.MAX_VALUE)),
        put("ttl", "with a session", k().setTtl(Durations.fromSeconds(5)).setSessionId("1")),
        put("session_id", "of letters", k().setSessionId("abc")),
        put("session_id", "of zero", k().setSessionId("0")),
        put("if_mod_index", "above 2^63", k().setIfModIndex(-1)),
        delete("key", "not set", DeleteRequest.newBuilder()),
        delete(
            "if_mod_index",
            "above 2^63",
            DeleteRequest.newBuilder().setKey("k").setIfModIndex(-1)));
  }

  private static Hostile txn(String field, String what, TxnRequest.Builder request) {
    return new Hostile(field, what, server -> kv(server).txn(request.build()));
  }

  private static Hostile compare(String field, String what, Compare.Builder compare) {
    Compare right = Compare.newBuilder().setKeyAbsent("k").build();
    return txn(
        "compares[1]." + field,
        what,
        TxnRequest.newBuilder().addCompares(right).addCompares(compare));
  }

  private static Hostile op(String field, String what, Op.Builder op) {
    return txn("failure[0]." + field, what, TxnRequest.newBuilder().addFailure(op));
  }

  private static Hostile fence(String field, String what, FencingToken.Builder token) {
    return compare("lock_held." + field, what, Compare.newBuilder().setLockHeld(token));
  }

  private static Op.PutOp.Builder putOp() {
    return Op.PutOp.newBuilder().setKey("k");
  }

  static Stream<Hostile> transactions() {
    Op right = Op.newBuilder().setGetKey("k").build();
    Compare absent = Compare.newBuilder().setKeyAbsent("k").build();
    return Stream.of(
        txn(
            "compares",
            "of 129",
            TxnRequest.newBuilder().addAllCompares(Collections.nCopies(129, absent))),
        txn(
            "success",
            "of 129",
            TxnRequest.newBuilder().addAllSuccess(Collections.nCopies(129, right))),
        txn(
            "failure",
            "of a million",
            TxnRequest.newBuilder().addAllFailure(Collections.nCopies(100_000, right))),
        compare("condition", "not set", Compare.newBuilder()),
        compare("key_absent", "empty", Compare.newBuilder().setKeyAbsent("")),
        compare(
            "mod_index_is.key",
            "empty",
            Compare.newBuilder().setModIndexIs(Compare.KeyIndex.getDefaultInstance())),
        compare(
            "mod_index_is.index",
            "above 2^63",
            Compare.newBuilder()
                .setModIndexIs(Compare.KeyIndex.newBuilder().setKey("k").setIndex(-1))),
        compare(
            "value_is.key",
            "long",
            Compare.newBuilder().setValueIs(Compare.KeyBytes.newBuilder().setKey(LONG))),
        fence("lock", "not set", FencingToken.newBuilder().setToken(1)),
        fence("lock", "long", FencingToken.newBuilder().setToken(1).setLock(LONG)),
        fence("lock", "that breaks a line", FencingToken.newBuilder().setToken(1).setLock("a\nb")),
        fence("token", "not set", FencingToken.newBuilder().setLock("l")),
        fence("token", "above 2^63", FencingToken.newBuilder().setLock("l").setToken(-1)),
        op("op", "not set", Op.newBuilder()),
        op("get_key", "empty", Op.newBuilder().setGetKey("")),
        op("delete_key", "long", Op.newBuilder().setDeleteKey(LONG)),
        op("delete_prefix", "long", Op.newBuilder().setDeletePrefix(LONG)),
        op("put.key", "empty", Op.newBuilder().setPut(Op.PutOp.getDefaultInstance())),
        op("put.ttl", "short", Op.newBuilder().setPut(putOp().setTtl(Durations.fromMillis(1)))),
        op(
            "put.ttl",
            "with a session",
            Op.newBuilder().setPut(putOp().setTtl(Durations.fromSeconds(1)).setSessionId("1"))),
        op("put.session_id", "of letters", Op.newBuilder().setPut(putOp().setSessionId("x"))));
  }

  private static Hostile watch(String field, String what, KvWatchRequest.Builder request) {
    return new Hostile(
        field, "of a watch " + what, server -> kv(server).watch(request.build()).next());
  }

  private static KvWatchRequest.Builder all() {
    return KvWatchRequest.newBuilder().setPrefix(true);
  }

  static Stream<Hostile> watches() {
    return Stream.of(
        watch("key", "not set", KvWatchRequest.newBuilder()),
        watch("key", "long", KvWatchRequest.newBuilder().setKey(LONG)),
        watch("key", "long, a prefix", all().setKey(LONG)),
        watch("start_index", "above 2^63", all().setStartIndex(-1)),
        watch("start_index", "with initial_state", all().setStartIndex(1).setInitialState(true)),
        watch(
            "progress_interval",
            "of nothing",
            all().setProgressInterval(Duration.getDefaultInstance())),
        watch(
            "progress_interval", "of 10000 years", all().setProgressInterval(Durations.MAX_VALUE)));
  }

  private static Hostile open(String what, Duration ttl) {
    OpenSessionRequest request = OpenSessionRequest.newBuilder().setTtl(ttl).build();
    return new Hostile(
        "ttl", what, server -> SessionsGrpc.newBlockingStub(server.channel).openSession(request));
  }

  private static Hostile listed(String field, String what, ListSessionsRequest.Builder request) {
    return new Hostile(
        field,
        what,
        server -> SessionsGrpc.newBlockingStub(server.channel).listSessions(request.build()));
  }

  static Stream<Hostile> sessions() {
    return Stream.of(
        open("of a session, of nothing", Duration.getDefaultInstance()),
        open("of a session, below a second", Durations.fromMillis(999)),
        open("of a session, above a day", Durations.fromSeconds(86_401)),
        listed("page_size", "below 0", ListSessionsRequest.newBuilder().setPageSize(-1)),
        listed("page_size", "of 10001", ListSessionsRequest.newBuilder().setPageSize(10_001)),
        listed(
            "after_session_id",
            "of letters",
            ListSessionsRequest.newBuilder().setAfterSessionId("x")),
        listed("options.level", "unknown", ListSessionsRequest.newBuilder().setOptions(level(9))));
  }

  static Stream<Hostile> names() {
    return Stream.of("", "x".repeat(65), "a\nb", "é", "\u0001" + "1:2")
        .flatMap(
            name ->
                Stream.of(
                    new Hostile(
                        "request_id",
                        "of a proposal, " + name.length() + " long",
                        server ->
                            server
                                .log()
                                .propose(ProposeRequest.newBuilder().setRequestId(name).build())),
                    put("request_id", name.length() + " long", k().setRequestId(name)),
                    delete(
                        "request_id",
                        name.length() + " long",
                        DeleteRequest.newBuilder().setKey("k").setRequestId(name)),
                    txn(
                        "request_id",
                        name.length() + " long",
                        TxnRequest.newBuilder().setRequestId(name)),
                    put(
                        "session_sequence.session_id",
                        "not set",
                        k().setSessionSequence(SessionSequence.getDefaultInstance()))));
  }
}
