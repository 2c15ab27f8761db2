package io.synod.api.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.api.Held;
import io.synod.api.MemoryNode;
import io.synod.api.Mood;
import io.synod.api.Served;
import io.synod.api.Taker;
import io.synod.state.Entry;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.Reason;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The place that one upload takes from others of its consumer. */
@Timeout(60)
final class SnapshotPlaceTest {
  private static final byte[] STATE = {1, 2, 3};

  private static Taker<PutSnapshotRequest, PutSnapshotResponse> put(
      Served served, long index, byte[] bytes) {
    return SnapshotsTest.put(
        SnapshotsTest.waiting(served, 1_000), SnapshotsTest.info(index, bytes), bytes);
  }

  @Test
  void isTakenUntilItIsKnownWhatBecameOfTheCommandThoughTheCallerLeft() throws IOException {
    try (Served served = new Served()) {
      long index = served.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 3)).index();
      served.node.feel(Mood.SLOW);
      Taker<PutSnapshotRequest, PutSnapshotResponse> first =
          SnapshotsTest.put(
              SnapshotsTest.waiting(served, 50_000), SnapshotsTest.info(index, STATE), STATE);
      Held.until(() -> served.node.heldCount() == 1);
      first.cancel();

      // Whenever the cancellation arrives among them.
      for (int round = 0; round < 50; round++) {
        assertThat(put(served, index, new byte[] {9}).refused().reason())
            .isEqualTo(Reason.OVERLOADED);
      }
      served.node.feel(Mood.WELL);
      served.node.release();
      Held.until(() -> put(served, index, STATE).refused().reason() == Reason.OUTCOME_UNKNOWN);
    }
  }
}
