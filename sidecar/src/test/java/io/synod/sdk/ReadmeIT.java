package io.synod.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.synod.pages.DocPage;
import io.synod.processes.ChildProgram;
import io.synod.processes.SidecarCluster;
import io.synod.processes.SidecarProcess;
import io.synod.v1.KVGrpc;
import io.synod.v1.PutRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the first program of the README, exactly as it is there. */
class ReadmeIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ADDRESS = "127.0.0.1:7401";
  // Python buffers its output if it is not a terminal.
  private static final String AT_ONCE = "cd \"$0\" && export PYTHONUNBUFFERED=1\n";

  @TempDir private Path folder;

  @Test
  @Timeout(420)
  void pastedPythonPutsGetsAndWatches() {
    Path logs = ChildProgram.logs("readme");
    ChildProgram.setUp(logs, ChildProgram.root().resolve("sdk/python/setup.sh"));
    String script = DocPage.README.block("sh", "kv_pb2_grpc");
    assertThat(script).containsOnlyOnce(ADDRESS);
    try (SidecarCluster sidecarCluster = SidecarCluster.three(folder, logs)) {
      sidecarCluster.awaitLeader();
      String there = AT_ONCE + script.replace(ADDRESS, sidecarCluster.node(1).address());
      List<String> command = List.of("sh", "-c", there, ChildProgram.root().toString());
      try (ChildProgram pasted = ChildProgram.start("pasted", logs, command)) {
        awaitSaid(pasted, "proposed: ship 17\n");
        awaitSaid(pasted, "watched: ");
        awaitSaid(pasted, "written at index ");
        awaitSaid(pasted, "read: hello\n");
        awaitSaid(pasted, "now: hello\n");

        put(sidecarCluster.node(2), "changed by another");
        awaitSaid(pasted, "now: changed by another\n");
        assertThat(pasted.isAlive()).isTrue();
      }
    }
  }

  private static void put(SidecarProcess sidecar, String value) {
    PutRequest request =
        PutRequest.newBuilder().setKey("greeting").setValue(ByteString.copyFromUtf8(value)).build();
    long index =
        KVGrpc.newBlockingStub(sidecar.channel())
            .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .put(request)
            .getKv()
            .getModIndex();
    assertThat(index).isPositive();
  }

  private static void awaitSaid(ChildProgram program, String words) {
    await(words).atMost(PATIENCE).until(() -> program.tail().contains(words));
  }
}
