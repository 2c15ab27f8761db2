package io.synod.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.SnapshotMark;
import io.synod.transport.PeerQueue.Lane;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerQueueTest {
  private final PeerQueue<String> queue = new PeerQueue<>(100, 1_000);

  private static Message learned(long from) {
    return new Message.Learned(from, List.of(), from);
  }

  private static Message page(long id) {
    return new Message.SnapshotPage(
        id, new SnapshotMark(1, 1, 1, 1), 9, Bytes.EMPTY, 0, Bytes.EMPTY);
  }

  private List<String> all() {
    List<String> all = new ArrayList<>();
    for (Lane lane : Lane.values()) {
      for (String next = queue.take(lane); next != null; next = queue.take(lane)) {
        all.add(next);
      }
    }
    return all;
  }

  @Test
  void refusesWhatFindsNoRoomInItsLane() {
    assertThat(queue.offer(TestPeer.accept(1, 1), "a1", 600)).isTrue();
    assertThat(queue.offer(TestPeer.accept(2, 1), "a2", 500)).isFalse();
    assertThat(queue.offer(TestPeer.accept(2, 1), "a2", 400)).isTrue();
    assertThat(queue.bytes(Lane.LIVE)).isEqualTo(1_000);
    assertThat(queue.offer(TestPeer.heartbeat(1), "h", 100)).isTrue();
    assertThat(queue.take(Lane.LIVE)).isEqualTo("a1");
    assertThat(queue.offer(TestPeer.accept(3, 1), "a3", 600)).isTrue();
    assertThat(queue.bytes(Lane.LIVE)).isEqualTo(1_000);
  }

  @Test
  void takesOneFrameThatIsLargerThanItsLane() {
    assertThat(queue.offer(TestPeer.accept(1, 1), "a1", 5_000)).isTrue();
    assertThat(queue.offer(TestPeer.accept(2, 1), "a2", 1)).isFalse();
  }

  @Test
  void letsEachLaneKeepItsOrder() {
    for (int i = 1; i <= 2; i++) {
      queue.offer(TestPeer.accept(i, 1), "accept " + i, 10);
      queue.offer(page(i), "page " + i, 10_000);
      queue.offer(TestPeer.heartbeat(i), "heartbeat " + i, 10);
    }
    assertThat(all())
        .containsExactly("heartbeat 1", "heartbeat 2", "accept 1", "accept 2", "page 1", "page 2");
  }

  @Test
  void keepsOnlyTheNewestPageOfAKind() {
    queue.offer(learned(1), "learned 1", 10);
    queue.offer(page(7), "page", 10);
    queue.offer(learned(5), "learned 5", 20);
    assertThat(queue.bytes(Lane.BULK)).isEqualTo(30);
    assertThat(all()).containsExactlyInAnyOrder("learned 5", "page");
    assertThat(queue.bytes(Lane.BULK)).isZero();
  }

  @Test
  void holdsAFewPagesWhateverTheirIds() {
    for (int id = 0; id < 100; id++) {
      queue.offer(page(id), "page " + id, 10);
    }
    assertThat(all()).containsExactly("page 96", "page 97", "page 98", "page 99");
  }

  @Test
  void forgetsALane() {
    queue.offer(TestPeer.accept(1, 1), "a1", 600);
    queue.offer(TestPeer.heartbeat(1), "h", 10);
    queue.clear(Lane.LIVE);
    assertThat(queue.bytes(Lane.LIVE)).isZero();
    assertThat(all()).containsExactly("h");
  }
}
