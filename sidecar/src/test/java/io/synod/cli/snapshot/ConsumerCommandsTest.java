package io.synod.cli.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.Code;
import io.synod.cli.lock.SampleCommand;
import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Terminal;
import io.synod.v1.DropConsumerRequest;
import io.synod.v1.DropConsumerResponse;
import io.synod.v1.KeepSessionRequest;
import io.synod.v1.ListConsumersRequest;
import io.synod.v1.ListConsumersResponse;
import io.synod.v1.ListConsumersResponse.Consumer;
import io.synod.v1.ListConsumersResponse.Copy;
import io.synod.v1.ListSessionsRequest;
import io.synod.v1.ListSessionsResponse;
import io.synod.v1.ListSessionsResponse.Session;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.OpenSessionResponse;
import io.synod.v1.SessionState;
import io.synod.v1.SnapshotInfo;
import io.synod.v1.TakeSnapshotRequest;
import io.synod.v1.TakeSnapshotResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code synod session keep} and {@code list}, {@code consumers}, {@code snapshot take}. */
@SuppressWarnings("NullAway.Init") // set before each test
final class ConsumerCommandsTest {
  @TempDir Path dir;
  private CannedSidecar sidecar;

  @BeforeEach
  void start() throws IOException {
    sidecar = new CannedSidecar();
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  @Test
  void opensASessionThatEndsByItself() {
    sidecar.answer(
        OpenSessionRequest.class, OpenSessionResponse.newBuilder().setSessionId("77").build());

    assertThat(Terminal.run(sidecar, "session", "open", "--ttl=15s", "--name=x").out())
        .isEqualTo("77\n");
    assertThat(sidecar.requests(OpenSessionRequest.class))
        .containsExactly(
            OpenSessionRequest.newBuilder()
                .setDisplayName("x")
                .setTtl(Durations.fromSeconds(15))
                .build());
  }

  @Test
  void keepsSessionsUntilAllOfThemAreOver() {
    sidecar.answer(
        KeepSessionRequest.class,
        SessionState.newBuilder().setSessionId("7").setValidFor(Durations.fromSeconds(15)).build(),
        SessionState.newBuilder().setSessionId("7").setOver(true).build());

    Terminal run = Terminal.run(sidecar, "session", "keep", "7");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(run.out()).isEqualTo("session 7 is valid for 15.0 s\nsession 7 is over\n");
  }

  @Test
  void keepsSessionsUntilCtrlC() throws Exception {
    sidecar.hang(KeepSessionRequest.class, () -> {});
    try (SampleCommand child = SampleCommand.start(sidecar, dir, "session", "keep", "7", "8")) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> sidecar.requests(KeepSessionRequest.class).size() == 2);

      child.signal("INT");

      assertThat(child.exitStatus()).isEqualTo(130);
      assertThat(child.err()).isEmpty();
    }
  }

  @Test
  void tellsThatNobodyKeepsWhenTheStreamBreaks() {
    sidecar.answer(
        KeepSessionRequest.class,
        SessionState.newBuilder().setSessionId("7").setValidFor(Durations.fromSeconds(15)).build());

    assertThat(Terminal.run(sidecar, "session", "keep", "7").exitStatus())
        .isEqualTo(ExitStatus.UNAVAILABLE);
  }

  @Test
  void listsSessionsPageAfterPage() {
    ListSessionsResponse.Builder full =
        ListSessionsResponse.newBuilder().setInfo(CannedSidecar.info(9));
    IntStream.rangeClosed(1, 1000)
        .forEach(i -> full.addSessions(Session.newBuilder().setSessionId("" + i)));
    ListSessionsResponse rest =
        ListSessionsResponse.newBuilder()
            .setInfo(CannedSidecar.info(9))
            .addSessions(
                Session.newBuilder()
                    .setSessionId("1001")
                    .setNodeId("2")
                    .setDisplayName("worker")
                    .setTtl(Durations.fromSeconds(10))
                    .setRememberedAnswers(4)
                    .setEphemeralKeys(5)
                    .setLock("web"))
            .build();
    sidecar.answer(
        ListSessionsRequest.class,
        request -> request.getAfterSessionId().isEmpty() ? full.build() : rest);

    Terminal run = Terminal.run(sidecar, "session", "list");

    assertThat(run.outLines()).hasSize(1002);
    assertThat(run.out())
        .endsWith("      1001  node 2    10.0 s        4      5  worker (lock web)\n");
    assertThat(sidecar.requests(ListSessionsRequest.class).get(1).getAfterSessionId())
        .isEqualTo("1000");
  }

  @Test
  void showsConsumersAndHowFarTheirCopiesAre() {
    sidecar.answer(
        ListConsumersRequest.class,
        ListConsumersResponse.newBuilder()
            .setInfo(CannedSidecar.info(90))
            .addConsumers(
                Consumer.newBuilder()
                    .setName("orders")
                    .setNeedsFrom(31)
                    .setDivergedAt(25)
                    .addCopies(
                        Copy.newBuilder()
                            .setNodeId("1")
                            .setAckedIndex(30)
                            .setAckTime(Timestamps.fromMillis(1_700_000_000_123L)))
                    .addCopies(Copy.newBuilder().setNodeId("2").setAckedIndex(4).setLapsed(true))
                    .setSnapshot(
                        SnapshotInfo.newBuilder()
                            .setIndex(20)
                            .setFormat("orders/v3")
                            .setSizeBytes(5)
                            .setSha256(ByteString.copyFrom(new byte[] {1, 2}))))
            .build());

    Terminal run = Terminal.run(sidecar, "consumers");

    assertThat(run.out())
        .isEqualTo(
            """
            orders: needs the log from index 31; COPIES DIFFER at index 25
              node 1 acknowledged index 30, 2023-11-14T22:13:20.123Z
              node 2 acknowledged index 4, LAPSED: the log is no longer kept for it
              snapshot at index 20, 5 bytes, format orders/v3, sha256 0102
            """);
  }

  @Test
  void dropsAConsumer() {
    sidecar.answer(DropConsumerRequest.class, DropConsumerResponse.getDefaultInstance());

    assertThat(Terminal.run(sidecar, "consumers", "drop", "orders").out()).isEqualTo("dropped\n");
    sidecar.refuse(
        DropConsumerRequest.class,
        CannedSidecar.error(Code.NOT_FOUND, "CONSUMER_UNKNOWN", "no consumer orders"));
    Terminal refused = Terminal.run(sidecar, "consumers", "drop", "orders");
    assertThat(refused.exitStatus()).isEqualTo(ExitStatus.ERROR);
    assertThat(refused.err()).isEqualTo("synod: CONSUMER_UNKNOWN: no consumer orders\n");
  }

  @Test
  void takesASnapshot() {
    sidecar.answer(
        TakeSnapshotRequest.class,
        TakeSnapshotResponse.newBuilder()
            .setIndex(900)
            .setSizeBytes(4096)
            .setOldestIndex(500)
            .build());

    assertThat(Terminal.run(sidecar, "snapshot", "take").out())
        .isEqualTo("at index 900, 4,096 bytes; the log is kept from index 500 on\n");
    assertThat(Terminal.run("snapshot").exitStatus()).isEqualTo(ExitStatus.USAGE);
  }
}
