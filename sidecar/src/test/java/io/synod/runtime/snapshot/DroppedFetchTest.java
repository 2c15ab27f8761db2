package io.synod.runtime.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.ResendBackoff;
import io.synod.paxos.View;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Message.SnapshotAsk;
import io.synod.paxos.value.Message.SnapshotPage;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.engine.MemoryJournal;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.Mailbox;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Peers;
import io.synod.state.Level;
import io.synod.state.State;
import io.synod.state.StateWriter;
import io.synod.state.TestMachine;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Tests a fetch that is dropped while its last page is being stored in the background. */
class DroppedFetchTest {
  private static final long MILLIS = 1_000_000;

  private final Deque<Runnable> background = new ArrayDeque<>();
  private final List<Observation> observed = new ArrayList<>();
  private final SnapshotFetcher fetcher =
      new SnapshotFetcher(
          new NodePorts(
              new MemoryJournal(), new NoPeers(), new NoClock(), observed::add, new NoMailbox()),
          new ResendBackoff(MILLIS, 8 * MILLIS),
          new SnapshotFetch.Background(background::add, () -> {}),
          0);
  private final State state = stateOfThreeSlots();
  private final byte[] content = content(state);

  private static final class NoPeers implements Peers {
    @Override
    public boolean send(int to, Message message) {
      throw new IllegalStateException("only the cycle sends");
    }

    @Override
    public void formed(Formation formed) {}

    @Override
    public void requireLevel(int level) {}

    @Override
    public int supportedLevel(int peer) {
      return Level.supported();
    }
  }

  private static final class NoClock implements Clock {
    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public long wallMillis() {
      return 0;
    }
  }

  private static final class NoMailbox implements Mailbox {
    @Override
    public boolean offer(Input input) {
      return false;
    }

    @Override
    public void wake() {}
  }

  private static State stateOfThreeSlots() {
    TestMachine machine = new TestMachine();
    for (String lock : List.of("a", "b", "c")) {
      long unused = machine.hold(lock);
    }
    return machine.state();
  }

  private static byte[] content(State state) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    StateWriter.chunks(state).forEachRemaining(all::writeBytes);
    return all.toByteArray();
  }

  private static Bytes sha256(byte[] content) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Output.Envelope> turn(long chosenThrough) {
    List<View.Peer> peers = List.of(new View.Peer(2, true, 3, 0), new View.Peer(3, true, 3, 0));
    View.Electorate electorate = new View.Electorate(List.of(), 0, 0, List.of(), List.of());
    Ballot none = Ballot.NONE;
    View view =
        new View(View.Role.FOLLOWER, none, none, chosenThrough, 3, 3, 0, 0, 0, electorate, peers);
    return fetcher.turn(0, view, State.EMPTY);
  }

  /** The only request of this turn; it is answered with the whole stream. */
  private void answer(List<Output.Envelope> asks, SnapshotMark mark) {
    assertThat(asks).hasSize(1);
    SnapshotAsk ask = (SnapshotAsk) asks.get(0).message();
    SnapshotPage page =
        new SnapshotPage(ask.id(), mark, content.length, sha256(content), 0, Bytes.of(content));
    fetcher.page(asks.get(0).to(), page, 0);
    assertThat(background).hasSize(1);
  }

  private void runBackground() {
    while (!background.isEmpty()) {
      background.remove().run();
    }
  }

  private void trimmed() {
    fetcher.trimmed(new Message.Trimmed(1, 3), State.EMPTY);
  }

  @Test
  void noFetchOfTheStateBeginsWhileADroppedOneMayComplete() {
    trimmed();
    answer(turn(0), StoredState.markOf(state));
    assertThat(turn(3)).as("the node has caught up").isEmpty();
    trimmed();
    assertThat(turn(0)).as("the last page of the dropped fetch is not stored yet").isEmpty();
    runBackground();
    assertThat(turn(0)).isEmpty();
    assertThat(fetcher.ready()).isNotNull();
    trimmed();
    assertThat(turn(0)).as("it waits to be installed").isEmpty();
    fetcher.taken();
    trimmed();
    assertThat(turn(0)).hasSize(1);
    assertThat(observed).isEmpty();
  }

  @Test
  void noFetchForAConsumerBeginsWhileADroppedOneMayComplete() {
    SnapshotMark mark = new SnapshotMark(0, 7, 0, 0);
    CompletableFuture<Boolean> dropped = fetcher.blob("c", 7, sha256(content));
    answer(turn(0), mark);
    dropped.complete(false);
    CompletableFuture<Boolean> next = fetcher.blob("c", 7, sha256(content));
    assertThat(turn(0)).as("the last page of the dropped fetch is not stored yet").isEmpty();
    runBackground();
    answer(turn(0), mark);
    runBackground();
    assertThat(turn(0)).isEmpty();
    assertThat(next).isCompletedWithValue(true);
    assertThat(observed).isEmpty();
  }
}
