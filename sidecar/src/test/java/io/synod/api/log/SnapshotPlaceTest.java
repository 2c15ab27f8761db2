package io.synod.api.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.api.MemoryNode;
import io.synod.api.NodeCondition;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
import io.synod.state.command.Entry;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.Reason;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that a cancelled upload no longer blocks other uploads of its consumer. */
@Timeout(60)
final class SnapshotPlaceTest {
  private static final byte[] STATE = {1, 2, 3};

  private static StreamCollector<PutSnapshotRequest, PutSnapshotResponse> put(
      TestServer server, long index, byte[] bytes) {
    return SnapshotsTest.put(
        SnapshotsTest.waiting(server, 1_000), SnapshotsTest.info(index, bytes), bytes);
  }

  @Test
  void isTakenUntilItIsKnownWhatBecameOfTheCommandThoughTheCallerLeft() throws IOException {
    try (TestServer server = new TestServer()) {
      long index = server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 3)).index();
      server.node.feel(NodeCondition.SLOW);
      StreamCollector<PutSnapshotRequest, PutSnapshotResponse> first =
          SnapshotsTest.put(
              SnapshotsTest.waiting(server, 50_000), SnapshotsTest.info(index, STATE), STATE);
      TestHolds.until(() -> server.node.heldCount() == 1);
      first.cancel();

      // The cancellation arrives at varying moments.
      for (int round = 0; round < 50; round++) {
        assertThat(put(server, index, new byte[] {9}).callError().reason())
            .isEqualTo(Reason.OVERLOADED);
      }
      server.node.feel(NodeCondition.WELL);
      server.node.release();
      TestHolds.until(
          () -> put(server, index, STATE).callError().reason() == Reason.OUTCOME_UNKNOWN);
    }
  }
}
