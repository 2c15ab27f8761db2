package io.synod.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.TestServer;
import io.synod.v1.AdminGrpc;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.GetDecisionRequest;
import io.synod.v1.InspectGrpc;
import io.synod.v1.ListElectionsRequest;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.ReadRequest;
import io.synod.v1.Reason;
import io.synod.v1.SessionSequence;
import io.synod.v1.SessionsGrpc;
import io.synod.v1.StreamTraceRequest;
import io.synod.v1.TransferLeadershipRequest;
import io.synod.v1.WatchRequest;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
public final class HostileRequestsTest {
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  /** An invalid request, and the field that the error must name. */
  public record Hostile(String field, String what, Call call) {
    @Override
    public String toString() {
      return field + " " + what;
    }
  }

  public interface Call {
    void make(TestServer server);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"proposals", "reads", "watches", "others"})
  void getsOneTypedErrorThatNamesTheField(Hostile hostile) {
    CallError callError = CallError.by(() -> hostile.call().make(server));

    assertThat(callError.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(callError.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(callError.metadata("field")).isEqualTo(hostile.field());
    assertThat(callError.text()).startsWith(hostile.field() + " ").hasSizeLessThan(120);
    assertThat(server.node.log.appliedIndex()).as("nothing was changed").isEqualTo(1);
  }

  private static Hostile propose(String field, String what, ProposeRequest.Builder request) {
    return new Hostile(field, what, server -> server.log().propose(request.build()));
  }

  private static Hostile sequence(String field, String what, SessionSequence.Builder sequence) {
    return propose(
        "session_sequence." + field,
        what,
        ProposeRequest.newBuilder().setSessionSequence(sequence));
  }

  private static SessionSequence.Builder place(String session, long sequence) {
    return SessionSequence.newBuilder().setSessionId(session).setSequence(sequence);
  }

  static Stream<Hostile> proposals() {
    return Stream.of(
        propose(
            "content_type",
            "of 256 bytes",
            ProposeRequest.newBuilder().setContentType("ä".repeat(128))),
        propose(
            "content_type",
            "of a mebibyte",
            ProposeRequest.newBuilder().setContentType("a".repeat(1 << 20))),
        propose(
            "content_type",
            "that breaks a line",
            ProposeRequest.newBuilder().setContentType("a\nERROR forged")),
        sequence("session_id", "not set", place("", 1)),
        sequence("session_id", "of letters", place("abc", 1)),
        sequence("session_id", "of other digits", place("١٢", 1)),
        sequence("session_id", "with a sign", place("-1", 1)),
        sequence("session_id", "of zero", place("0", 1)),
        sequence("session_id", "with a leading zero", place("01", 1)),
        sequence("session_id", "above 2^63", place("9223372036854775808", 1)),
        sequence("session_id", "of twenty digits", place("10000000000000000000", 1)),
        sequence("session_id", "very long", place("1".repeat(100_000), 1)),
        sequence("sequence", "not set", place("1", 0)),
        sequence("sequence", "above 2^63", place("1", -1)),
        sequence("acked_below", "above 2^63", place("1", 1).setAckedBelow(-5)),
        sequence("acked_below", "above its own sequence", place("1", 1).setAckedBelow(2)));
  }

  private static Hostile read(String field, String what, ReadRequest.Builder request) {
    return new Hostile(field, what, server -> server.log().read(request.build()));
  }

  private static Hostile options(String field, String what, ReadOptions.Builder options) {
    return read("options." + field, what, ReadRequest.newBuilder().setOptions(options));
  }

  private static ReadOptions.Builder bounded(Duration staleness) {
    return ReadOptions.newBuilder()
        .setLevel(ReadLevel.READ_LEVEL_BOUNDED)
        .setMaxStaleness(staleness);
  }

  static Stream<Hostile> reads() {
    return Stream.of(
        read("start_index", "above 2^63", ReadRequest.newBuilder().setStartIndex(-1)),
        read("page_size", "below 0", ReadRequest.newBuilder().setPageSize(-1)),
        read("page_size", "of 10001", ReadRequest.newBuilder().setPageSize(10_001)),
        options("level", "that does not exist", ReadOptions.newBuilder().setLevelValue(77)),
        options("at_least_index", "above 2^63", ReadOptions.newBuilder().setAtLeastIndex(-1)),
        options(
            "max_staleness",
            "missing",
            ReadOptions.newBuilder().setLevel(ReadLevel.READ_LEVEL_BOUNDED)),
        options(
            "max_staleness",
            "at another level",
            ReadOptions.newBuilder().setMaxStaleness(Durations.fromSeconds(1))),
        options("max_staleness", "of nothing", bounded(Duration.getDefaultInstance())),
        options("max_staleness", "below 0", bounded(Durations.fromSeconds(-1))),
        options("max_staleness", "of 10000 years", bounded(Durations.MAX_VALUE)),
        options(
            "max_staleness",
            "of mixed signs",
            bounded(Duration.newBuilder().setSeconds(1).setNanos(-1).build())));
  }

  private static Hostile watch(String field, String what, WatchRequest.Builder request) {
    return new Hostile(field, what, server -> server.log().watch(request.build()).next());
  }

  static Stream<Hostile> watches() {
    return Stream.of(
        watch("start_index", "above 2^63", WatchRequest.newBuilder().setStartIndex(-1)),
        watch("max_batch_bytes", "below 0", WatchRequest.newBuilder().setMaxBatchBytes(-1)),
        watch(
            "max_batch_bytes",
            "above 2 MiB",
            WatchRequest.newBuilder().setMaxBatchBytes((2 << 20) + 1)),
        watch(
            "progress_interval",
            "of a nanosecond",
            WatchRequest.newBuilder().setProgressInterval(Durations.fromNanos(1))),
        watch(
            "progress_interval",
            "of 10000 years",
            WatchRequest.newBuilder().setProgressInterval(Durations.MAX_VALUE)));
  }

  private static Hostile decision(String field, String what, GetDecisionRequest.Builder request) {
    return new Hostile(
        field,
        what,
        server -> InspectGrpc.newBlockingStub(server.channel).getDecision(request.build()));
  }

  private static Hostile trace(String field, String what, StreamTraceRequest.Builder request) {
    return new Hostile(
        field,
        what,
        server -> InspectGrpc.newBlockingStub(server.channel).streamTrace(request.build()).next());
  }

  private static Hostile elections(String what, int limit) {
    ListElectionsRequest request = ListElectionsRequest.newBuilder().setLimit(limit).build();
    return new Hostile(
        "limit",
        what,
        server -> InspectGrpc.newBlockingStub(server.channel).listElections(request));
  }

  private static Hostile handOver(String what, String to) {
    TransferLeadershipRequest request =
        TransferLeadershipRequest.newBuilder().setToNodeId(to).build();
    return new Hostile(
        "to_node_id",
        what,
        server -> AdminGrpc.newBlockingStub(server.channel).transferLeadership(request));
  }

  private static Hostile closing(String what, String session) {
    CloseSessionRequest request = CloseSessionRequest.newBuilder().setSessionId(session).build();
    return new Hostile(
        "session_id",
        what,
        server -> SessionsGrpc.newBlockingStub(server.channel).closeSession(request));
  }

  static Stream<Hostile> others() {
    return Stream.of(
        decision("place", "not set", GetDecisionRequest.newBuilder()),
        decision("slot", "of zero", GetDecisionRequest.newBuilder().setSlot(0)),
        decision("slot", "above 2^63", GetDecisionRequest.newBuilder().setSlot(-1)),
        decision("index", "of zero", GetDecisionRequest.newBuilder().setIndex(0)),
        decision("index", "above 2^63", GetDecisionRequest.newBuilder().setIndex(-1)),
        trace("types", "unspecified", StreamTraceRequest.newBuilder().addTypesValue(0)),
        trace("types", "that does not exist", StreamTraceRequest.newBuilder().addTypesValue(99)),
        trace("slot", "above 2^63", StreamTraceRequest.newBuilder().setSlot(-1)),
        elections("below 0", -1),
        elections("of 1001", 1_001),
        handOver("of letters", "db"),
        handOver("of nobody", "9"),
        handOver("of itself", "1"),
        handOver("above 2^31", "99999999999"),
        closing("not set", ""),
        closing("of letters", "x"),
        new Hostile(
            "display_name",
            "with an escape",
            server ->
                SessionsGrpc.newBlockingStub(server.channel)
                    .openSession(
                        OpenSessionRequest.newBuilder().setDisplayName("\u001b[2J").build())));
  }
}
