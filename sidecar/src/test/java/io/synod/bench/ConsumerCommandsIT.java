package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.ExitStatus;
import io.synod.v1.AckAppliedRequest;
import io.synod.v1.ListConsumersResponse;
import io.synod.v1.ListConsumersResponse.Consumer;
import io.synod.v1.ListSessionsResponse;
import io.synod.v1.LogGrpc;
import io.synod.v1.OpenSessionResponse;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.SessionState;
import io.synod.v1.SnapshotInfo;
import io.synod.v1.TakeSnapshotResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the commands of sessions, consumers and snapshots, each in a process, against three
 * sidecars.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
final class ConsumerCommandsIT {
  @TempDir static Path dir;
  private ThreeSidecars threeSidecars;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    threeSidecars = ThreeSidecars.start(dir);
  }

  @AfterAll
  void stop() {
    threeSidecars.close();
  }

  @Test
  void opensListsAndClosesASessionWithItsKeys() throws Exception {
    String id =
        ThreeSidecars.match("(\\d+)\n", threeSidecars.ok(1, "session", "open", "--name=worker 7"))
            .group(1);
    threeSidecars.ok(2, "put", "with/session", "v", "--session", id);
    assertThat(threeSidecars.ok(3, "session", "list"))
        .startsWith("        ID  FROM ")
        .containsPattern(id + "  node 1 +- +\\d+ +1  worker 7\n");
    String json = threeSidecars.ok(3, "session", "list", "-o", "json");
    assertThat(ThreeSidecars.parse(json, ListSessionsResponse.newBuilder()).getSessionsList())
        .anyMatch(session -> session.getSessionId().equals(id) && session.getEphemeralKeys() == 1);

    assertThat(threeSidecars.ok(2, "session", "close", id)).isEqualTo("closed\n");
    threeSidecars.refused(ExitStatus.UNHEALTHY, "there is no key", 3, "get", "with/session");
    threeSidecars.refused(
        ExitStatus.ERROR, "SESSION_UNKNOWN: ", 1, "put", "k", "v", "--session", id);
  }

  @Test
  void keepsASessionUntilItIsOver() throws Exception {
    String json = threeSidecars.ok(1, "session", "open", "--ttl=30s", "-o", "json");
    String id = ThreeSidecars.parse(json, OpenSessionResponse.newBuilder()).getSessionId();
    CommandRunner.Running keep =
        threeSidecars.synod().start(threeSidecars.node(1), "session", "keep", id);
    CommandRunner.Running other =
        threeSidecars.synod().start(threeSidecars.node(2), "session", "keep", id, "-o", "json");
    ThreeSidecars.awaitPrinted(keep, "session " + id + " is valid for ");
    ThreeSidecars.awaitPrinted(other, "\"validFor\":");
    other.signal("INT");
    assertThat(other.await().exitStatus()).isEqualTo(130);

    threeSidecars.ok(3, "session", "close", id);
    CommandRunner.Result over = keep.await();
    assertThat(over.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(over.out()).endsWith("session " + id + " is over\n");
    CommandRunner.Result never =
        threeSidecars.synod().run(threeSidecars.node(1), "session", "keep", id, "-o", "json");
    assertThat(never.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(ThreeSidecars.parse(never.out(), SessionState.newBuilder()).getOver()).isTrue();
  }

  @Test
  void keepsTheLogForAConsumerAndHandsItsSnapshotOver() throws Exception {
    String index =
        ThreeSidecars.match("index (\\d+)\\D.*\n", threeSidecars.ok(1, "propose", "order"))
            .group(1);
    acknowledge(1, "orders", Long.parseLong(index));
    assertThat(threeSidecars.ok(2, "consumers"))
        .startsWith("orders: needs the log from index ")
        .contains("\n  node 1 acknowledged index " + index + ", ");

    Path state = Files.write(dir.resolve("state"), new byte[300_000]);
    String[] put = {"snapshot", "put", "orders", state.toString(), "--format=orders/v1", "--index"};
    String[] good = append(put, index);
    assertThat(threeSidecars.ok(1, good))
        .startsWith("at index " + index + ", 300,000 bytes, format orders/v1, sha256 ")
        .contains("; orders needs no log below index ");
    String again = threeSidecars.ok(2, append(good, "-o", "json"));
    assertThat(
            ThreeSidecars.parse(again, PutSnapshotResponse.newBuilder())
                .getSnapshot()
                .getSizeBytes())
        .isEqualTo(300_000);
    threeSidecars.refused(ExitStatus.USAGE, "INVALID_REQUEST: ", 2, append(put, "1000000000"));

    String json = threeSidecars.ok(3, "consumers", "-o", "json");
    List<Consumer> consumers =
        ThreeSidecars.parse(json, ListConsumersResponse.newBuilder()).getConsumersList();
    assertThat(consumers).extracting(Consumer::getName).containsExactly("orders");
    assertThat(consumers.get(0).getSnapshot().getFormat()).isEqualTo("orders/v1");
    Path copy = dir.resolve("copy");
    assertThat(threeSidecars.ok(3, "snapshot", "get", "orders", copy.toString()))
        .startsWith("at index " + index + ", 300,000 bytes, format orders/v1, sha256 ");
    assertThat(copy).hasSameBinaryContentAs(state);
    String info = threeSidecars.ok(2, "snapshot", "get", "orders", copy.toString(), "-o", "json");
    assertThat(ThreeSidecars.parse(info, SnapshotInfo.newBuilder()).getIndex())
        .isEqualTo(Long.parseLong(index));

    assertThat(threeSidecars.ok(2, "consumers", "drop", "orders")).isEqualTo("dropped\n");
    CommandRunner.Result none = threeSidecars.synod().run(threeSidecars.node(3), "consumers");
    assertThat(none.out()).isEmpty();
    assertThat(none.err()).startsWith("# 0 consumers; strong read at node 3");
    threeSidecars.refused(ExitStatus.ERROR, "CONSUMER_UNKNOWN: ", 1, "consumers", "drop", "orders");
    threeSidecars.refused(
        ExitStatus.ERROR, "CONSUMER_UNKNOWN: ", 1, "snapshot", "get", "orders", dir + "/none");
    assertThat(dir.resolve("none")).doesNotExist();
  }

  private void acknowledge(int node, String consumer, long index) {
    ManagedChannel channel = threeSidecars.node(node).channel().build();
    try {
      long acknowledged =
          LogGrpc.newBlockingStub(channel)
              .withDeadlineAfter(ThreeSidecars.PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .ackApplied(
                  AckAppliedRequest.newBuilder().setConsumer(consumer).setIndex(index).build())
              .getIndex();
      assertThat(acknowledged).isEqualTo(index);
    } finally {
      channel.shutdownNow();
    }
  }

  private static String[] append(String[] args, String... more) {
    String[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return all;
  }

  @Test
  void takesASnapshotOfTheSidecarsOwnState() throws Exception {
    threeSidecars.ok(1, "put", "in/snapshot", "v");
    ThreeSidecars.match(
        "at index \\d+, [\\d,]+ bytes; the log is kept from index \\d+ on\n",
        threeSidecars.ok(1, "snapshot", "take"));
    String json = threeSidecars.ok(1, "snapshot", "take", "-o", "json");
    assertThat(ThreeSidecars.parse(json, TakeSnapshotResponse.newBuilder()).getSizeBytes())
        .isPositive();
  }

  @Test
  void refusesWhatCannotBeMeantAndSaysThatNobodyAnswers() throws Exception {
    Path file = Files.writeString(dir.resolve("some"), "state");
    RefusedCommands usage = new RefusedCommands(threeSidecars, ExitStatus.USAGE);
    usage.add("'1week' is not a length of time", "session", "open", "--ttl=1week");
    usage.add("ID", "session", "close");
    usage.add("--index", "snapshot", "put", "c", file.toString(), "--format=f");
    usage.add("--level bounded and --max-staleness go together", "consumers", "--level=bounded");
    usage.add("give --from or --consumer", "watch", "--consumer=c", "--from=1");
    RefusedCommands dead = new RefusedCommands(threeSidecars, ExitStatus.UNAVAILABLE);
    String nobody = "nobody answers at 127.0.0.1:1: connection refused";
    String there = " --endpoint 127.0.0.1:1";
    for (String command :
        List.of(
            "session open",
            "session list",
            "session keep 1",
            "session close 1",
            "consumers",
            "consumers drop c",
            "snapshot take",
            "snapshot get c " + dir.resolve("nothing"),
            "snapshot put c " + file + " --index 1 --format f")) {
      dead.add(nobody, (command + there).split(" "));
    }
    usage.check();
    dead.check();
    incomplete("say open, keep, close or list", "session");
    incomplete("say take, put or get", "snapshot");
    threeSidecars.refused(
        ExitStatus.ERROR,
        "cannot read " + dir + "/absent",
        1,
        append(new String[] {"snapshot", "put", "c", dir + "/absent"}, "--index=1", "--format=f"));
  }

  /** Runs a command without its subcommand and without options. */
  private void incomplete(String complaint, String command) throws Exception {
    CommandRunner.Result result =
        threeSidecars.synod().start(threeSidecars.node(1), command).await();
    ThreeSidecars.refused(ExitStatus.USAGE, "", result);
    assertThat(result.err()).contains(complaint);
  }
}
