package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Observer;
import io.synod.runtime.port.Peers;
import io.synod.state.Level;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tests the bounds of the loop's mailbox, in messages and in bytes. */
class LoopTest {
  private static final int INPUTS_MAX = 100;
  private static final int BYTES_MAX = 10_000;
  private static final Ballot BALLOT = new Ballot(1, 0, 2, 12);
  private static final Message BEAT = new Message.Heartbeat(1, BALLOT, true, true, 0, 0, List.of());

  private final CountDownLatch emptied = new CountDownLatch(1);
  private final CallerLimits callerLimits = new CallerLimits(1, 1, 1, INPUTS_MAX, BYTES_MAX, 1, 1);
  private final Inbox inbox = new Inbox(callerLimits);
  private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
  private final MemoryJournal disk = new MemoryJournal();
  private final Loop loop = loop();

  private Loop loop() {
    Self self = new Self(1, 11, 0, new TreeSet<>(List.of(1, 2)), new TreeSet<>(List.of(2)));
    Clock clock =
        new Clock() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public long wallMillis() {
            return 1;
          }
        };
    Peers nobody =
        new Peers() {
          @Override
          public boolean send(int to, Message message) {
            return true;
          }

          @Override
          public void formed(Formation formed) {}

          @Override
          public void requireLevel(int level) {}

          @Override
          public int supportedLevel(int peer) {
            return Level.supported();
          }
        };
    Observer observer =
        observation -> {
          if (observation instanceof Observation.Turned) {
            emptied.countDown();
          }
        };
    Engine engine =
        new Engine(
            self,
            new Engine.Tuning(Settings.defaults(), callerLimits),
            new NodePorts(disk, nobody, clock, observer, inbox),
            Runnable::run,
            new SplittableRandom(1));
    return engine.loop(inbox, ended::complete);
  }

  private boolean offer(Message message) {
    return inbox.offer(new Input.Received(2, 12, 0, message));
  }

  private static Batch batch(int bytes) {
    return Batch.of(1, List.of(Command.of(new byte[bytes])));
  }

  private static Message accept(int bytes) {
    return new Message.Accept(BALLOT, 1, batch(bytes), 0);
  }

  @Test
  void takesNoMoreBytesThanItsBound() {
    assertThat(offer(accept(BYTES_MAX / 2))).isTrue();
    assertThat(offer(accept(BYTES_MAX / 3))).isTrue();
    long full = inbox.depthBytes();
    assertThat(offer(accept(BYTES_MAX / 3))).isFalse();
    assertThat(inbox.depthBytes()).isEqualTo(full).isLessThanOrEqualTo(BYTES_MAX);
    assertThat(inbox.depth()).isEqualTo(2);
    assertThat(inbox.dropped()).isEqualTo(1);
  }

  @Test
  void countsThePayloadsOfEveryKindOfMessageThatHasOne() {
    List<Proposal> page = List.of(new Proposal(1, BALLOT, batch(BYTES_MAX)));
    Command command = Command.of(new byte[BYTES_MAX]);
    for (Message message :
        List.of(
            accept(BYTES_MAX),
            new Message.Learned(1, page, 1),
            new Message.Promise(BALLOT, 1, page, 1, 0, 0),
            new Message.Forward(List.of(command), 1))) {
      assertThat(message.payloadBytes()).isBetween((long) BYTES_MAX, BYTES_MAX + 1_000L);
    }
    assertThat(BEAT.payloadBytes()).isZero();
  }

  @Test
  void takesAHeartbeatWhenItIsFullOfBytes() {
    assertThat(offer(accept(BYTES_MAX - 100))).isTrue();
    assertThat(offer(accept(200))).isFalse();
    assertThat(offer(BEAT)).isTrue();
  }

  @Test
  void takesAMessageBeyondTheBoundWhenNoOtherWaits() {
    assertThat(offer(accept(2 * BYTES_MAX))).isTrue();
    assertThat(offer(accept(1))).isFalse();
  }

  @Test
  void takesNoMoreInputsThanItsBound() {
    for (int i = 0; i < INPUTS_MAX; i++) {
      assertThat(offer(BEAT)).isTrue();
    }
    assertThat(inbox.dropped()).isZero();
    assertThat(offer(BEAT)).isFalse();
    assertThat(inbox.dropped()).isEqualTo(1);
  }

  @Test
  void countsNothingAsDroppedOnceItStops() {
    loop.close();
    assertThat(offer(BEAT)).isFalse();
    assertThat(inbox.dropped()).isZero();
  }

  @Test
  void hasRoomAgainOnceItHasTurned() throws InterruptedException {
    assertThat(offer(accept(BYTES_MAX))).isTrue();
    loop.start();
    assertThat(emptied.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(inbox.depthBytes()).isZero();
    assertThat(offer(accept(BYTES_MAX))).isTrue();
    loop.close();
  }

  @Test
  void turnsNoMoreAndSaysWhyOnceACheckFails() throws Exception {
    disk.syncing(() -> Check.that(false, "never"));
    // The node agrees to a formation, which makes it write.
    assertThat(offer(new Message.Greeting(12, null, false))).isTrue();
    loop.start();
    assertThat(ended.get(30, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
    assertThat(offer(BEAT)).isFalse();
    loop.close();
  }
}
