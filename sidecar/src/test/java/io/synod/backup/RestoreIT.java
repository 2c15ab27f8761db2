package io.synod.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.api.CallError;
import io.synod.v1.KVGrpc;
import io.synod.v1.LogGrpc;
import io.synod.v1.Reason;
import io.synod.v1.Status;
import io.synod.v1.WatchRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests a backup of three sidecars under load, and the cluster that is restored from it. */
final class RestoreIT extends RestoreScenario {
  @Test
  @Timeout(300)
  void aRestoredClusterGoesOnFromTheBackup() throws Exception {
    for (int node = 1; node <= 3; node++) {
      start(node, "data-" + node);
    }
    awaitAvailable();
    KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel(1));
    Path app = Files.write(dir.resolve("ledger"), new byte[300_000]);
    String proposed = ok("propose", "order", "--endpoint", endpoint(1), "-o", "json");
    String index = JsonParser.parseString(proposed).getAsJsonObject().get("index").getAsString();
    ok(
        "snapshot",
        "put",
        "ledger",
        app.toString(),
        "--format",
        "v1",
        "--index",
        index,
        "--endpoint",
        endpoint(1));

    AtomicInteger acknowledged = new AtomicInteger();
    AtomicInteger stopAt = new AtomicInteger(Integer.MAX_VALUE);
    Thread load =
        new Thread(
            () -> {
              for (int i = 1; i <= stopAt.get(); i++) {
                put(kv, i);
                acknowledged.set(i);
              }
            });
    load.start();
    await().atMost(PATIENCE).until(() -> acknowledged.get() >= 200);
    int before = acknowledged.get();
    Path file = dir.resolve("town.backup");
    JsonObject saved = backup(1, file);
    await().atMost(PATIENCE).until(() -> acknowledged.get() >= before + 200);
    stopAt.set(0);
    load.join(PATIENCE.toMillis());
    long lastToken = token(2);

    // When nothing is written, each sidecar's backup has the index and digest of its status.
    long at = saved.get("index").getAsLong();
    JsonObject quiet = backup(2, dir.resolve("quiet.backup"));
    Status original = awaitStatus(3, Status.Availability.AVAILABILITY_AVAILABLE);
    assertThat(quiet.get("index").getAsLong()).isEqualTo(original.getInfo().getAppliedIndex());
    assertThat(quiet.get("stateDigest").getAsString()).isEqualTo(original.getStateDigest());
    assertThat(quiet.get("index").getAsLong()).isGreaterThan(at);

    refusesWhatRuns(file);
    for (int node = 1; node <= 3; node++) {
      restore(node, "restored-" + node, file);
    }
    cannotJoinTheOriginal();
    doesNotFormWithEmptyVoters();
    goesOn(saved, before, lastToken, app);
  }

  private void refusesWhatRuns(Path file) {
    String line =
        refused(
            "restore",
            file.toString(),
            "--node",
            "1",
            "--peers",
            peers,
            "--data",
            dir.resolve("data-1").toString());
    assertThat(line).contains("is in use by another process").hasLineCount(1);
  }

  private void cannotJoinTheOriginal() throws IOException {
    stop(1);
    start(1, "restored-1");
    Status status = awaitStatus(1, Status.Availability.AVAILABILITY_NOT_FORMED);
    assertThat(status.getRole()).isEqualTo(Status.Role.ROLE_FORMING);
    await("the original refuses it")
        .atMost(PATIENCE)
        .until(
            () ->
                running.values().stream()
                    .anyMatch(
                        program ->
                            program.tail().contains("the caller was restored from a backup")));
    put(KVGrpc.newBlockingStub(channel(2)), 0);
    assertThat(awaitStatus(1, Status.Availability.AVAILABILITY_NOT_FORMED).getRole())
        .isEqualTo(Status.Role.ROLE_FORMING);
    stop(1, 2, 3);
  }

  private void doesNotFormWithEmptyVoters() throws IOException {
    start(1, "restored-1");
    start(2, "empty-2");
    start(3, "empty-3");
    for (int node = 1; node <= 3; node++) {
      Status status = awaitStatus(node, Status.Availability.AVAILABILITY_FORMATION_BLOCKED);
      assertThat(status.getProblem())
          .contains("nodes 2, 3 were not restored from the backup", "synod restore");
      assertThat(status.getAlarmsList()).contains("formation_blocked");
    }
    stop(1, 2, 3);
  }

  private void goesOn(JsonObject saved, int keys, long lastToken, Path app) throws Exception {
    start(1, "restored-1");
    Status alone = awaitStatus(1, Status.Availability.AVAILABILITY_NOT_FORMED);
    long index = saved.get("index").getAsLong() + SKIP;
    assertThat(alone.getInfo().getAppliedIndex()).isEqualTo(index);
    assertThat(alone.getAppliedSlot()).isEqualTo(saved.get("slot").getAsLong());
    assertThat(alone.getStateDigest()).isEqualTo(saved.get("stateDigest").getAsString());
    start(2, "restored-2");
    start(3, "restored-3");
    awaitAvailable();
    for (int node = 1; node <= 3; node++) {
      KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel(node));
      holdsKeys(kv, keys);
      Path got = dir.resolve("got-" + node);
      assertThat(ok("snapshot", "get", "ledger", got.toString(), "--endpoint", endpoint(node)))
          .startsWith("at index " + index);
      assertThat(got).hasSameBinaryContentAs(app);
    }
    assertThat(token(3)).isGreaterThan(index).isGreaterThan(lastToken);
    CallError old =
        CallError.by(
            () ->
                LogGrpc.newBlockingStub(channel(1))
                    .watch(WatchRequest.newBuilder().setStartIndex(lastToken).build())
                    .next());
    assertThat(old.reason()).isEqualTo(Reason.COMPACTED);
    // A node whose directory is lost fetches the state from the others, and a restart goes on.
    stop(3);
    start(3, "wiped-3");
    await().atMost(PATIENCE).until(() -> role(3) == Status.Role.ROLE_LEARNER);
    stop(1, 2);
    start(1, "restored-1");
    start(2, "restored-2");
    awaitStatus(1, Status.Availability.AVAILABILITY_AVAILABLE);
    assertThat(token(1)).isGreaterThan(index);
  }
}
