package io.synod.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.peer.v1.Accept;
import io.synod.peer.v1.Accepted;
import io.synod.peer.v1.Ballot;
import io.synod.peer.v1.Forward;
import io.synod.peer.v1.Frame;
import io.synod.peer.v1.Greeting;
import io.synod.peer.v1.Heartbeat;
import io.synod.peer.v1.Learned;
import io.synod.peer.v1.Prepare;
import io.synod.peer.v1.Promise;
import io.synod.peer.v1.Proposal;
import io.synod.peer.v1.ReadAsk;
import io.synod.peer.v1.SnapshotAsk;
import io.synod.peer.v1.SnapshotPage;
import io.synod.peer.v1.TakeOver;
import io.synod.peer.v1.Trimmed;
import io.synod.peer.v1.Voter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WireCodecTest {
  private static final long CLUSTER = 0x5359_4e4f_4401L;
  private static final Ballot BALLOT =
      Ballot.newBuilder().setRound(7).setNode(1).setIncarnation(99).build();
  private static final ByteString NO_OP = ByteString.copyFrom(Batch.noOp(5).encoded());

  private final WireCodec codec = new WireCodec(CLUSTER);

  @Test
  void readsWhatItWrote() throws MalformedFrame {
    Messages messages = new Messages(1);
    for (int i = 0; i < 20_000; i++) {
      Input.Received received = messages.received();
      assertThat(codec.decode(codec.encode(received))).isEqualTo(received);
    }
  }

  @Test
  void carriesEveryKindOfMessage() throws MalformedFrame {
    Set<Class<?>> decoded = new HashSet<>();
    for (Message message : new Messages(2).oneOfEach()) {
      decoded.add(codec.decode(codec.encode(received(message))).message().getClass());
    }
    assertThat(decoded).isEqualTo(kinds(Message.class));
  }

  @Test
  void sharesNothingWithTheBytesItRead() throws MalformedFrame {
    Messages messages = new Messages(3);
    for (int i = 0; i < 2_000; i++) {
      Input.Received received = messages.received();
      byte[] bytes = codec.encode(received);
      Input.Received read = codec.decode(bytes);
      Arrays.fill(bytes, (byte) 0x5a);
      assertThat(read).isEqualTo(received);
    }
  }

  @Test
  void findsNothingButAMessageOrAMalformedFrameInFlippedBytes() {
    Random random = new Random(4);
    Messages messages = new Messages(4);
    int refused = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] bytes = codec.encode(messages.received());
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      refused += refuses(bytes) ? 1 : 0;
    }
    assertThat(refused).isBetween(10_000, 59_000);
  }

  @Test
  void findsNothingButAMessageOrAMalformedFrameInTruncatedBytes() {
    Messages messages = new Messages(5);
    for (int i = 0; i < 1_000; i++) {
      byte[] bytes = codec.encode(messages.received());
      int step = 1 + bytes.length / 50;
      for (int length = 0; length < bytes.length; length += step) {
        refuses(Arrays.copyOf(bytes, length));
      }
    }
    assertThat(refuses(new byte[0])).isTrue();
  }

  @Test
  void findsNothingButAMessageOrAMalformedFrameInSplicedAndRandomBytes() {
    Random random = new Random(6);
    Messages messages = new Messages(6);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = codec.encode(messages.received());
      byte[] other = codec.encode(messages.received());
      int at = random.nextInt(Math.min(bytes.length, other.length));
      System.arraycopy(other, at, bytes, at, Math.min(bytes.length, other.length) - at);
      refuses(bytes);
      random.nextBytes(other);
      refuses(other);
    }
  }

  @Test
  void refusesAFrameOfAnotherCluster() {
    byte[] bytes = new WireCodec(CLUSTER + 1).encode(new Messages(7).received());
    MalformedFrame refusal = catchThrowableOfType(MalformedFrame.class, () -> codec.decode(bytes));
    assertThat(refusal.foreign()).isTrue();
  }

  @Test
  void refusesASenderWithoutNodeOrIncarnation() {
    Frame sound = sound(Frame.newBuilder().setPrepare(prepare(BALLOT, 1)));
    refuses(sound.toBuilder().clearFrom().build(), "sender");
    refuses(sound.toBuilder().setFrom(-1).build(), "sender");
    refuses(sound.toBuilder().clearIncarnation().build(), "sender");
    refuses(sound.toBuilder().clearMessage().build(), "no message");
    accepts(sound.toBuilder());
  }

  @Test
  void refusesABallotThatNobodyOwns() {
    refuses(Frame.newBuilder().setPrepare(Prepare.newBuilder().setFrom(1)), "round");
    refuses(prepared(BALLOT.toBuilder().setRound(-1)), "round");
    refuses(prepared(BALLOT.toBuilder().setRound(Long.MAX_VALUE)), "round");
    refuses(prepared(BALLOT.toBuilder().setNode(0)), "owner");
    refuses(prepared(BALLOT.toBuilder().clearIncarnation()), "owner");
    refuses(
        Frame.newBuilder().setHeartbeat(Heartbeat.newBuilder().setLeader(Ballot.newBuilder())),
        "round");
    refuses(Frame.newBuilder().setHeartbeat(Heartbeat.newBuilder().setLeading(true)), "leader");
  }

  @Test
  void refusesSlotsThatCannotBe() {
    refuses(Frame.newBuilder().setPrepare(prepare(BALLOT, 0)), "slot");
    refuses(Frame.newBuilder().setPrepare(prepare(BALLOT, -1)), "slot");
    refuses(Frame.newBuilder().setPrepare(prepare(BALLOT, Long.MAX_VALUE)), "slot");
    Accepted.Builder accepted = Accepted.newBuilder().setBallot(BALLOT).setFrom(5);
    refuses(Frame.newBuilder().setAccepted(accepted.setTo(4)), "empty");
    accepts(Frame.newBuilder().setAccepted(accepted.setTo(5)));
    Accept.Builder accept = Accept.newBuilder().setBallot(BALLOT).setBatch(NO_OP);
    refuses(Frame.newBuilder().setAccept(accept), "slot");
    accepts(Frame.newBuilder().setAccept(accept.setSlot(1)));
    refuses(Frame.newBuilder().setAccept(accept.setChosenThrough(-1)), "chosen");
    TakeOver.Builder takeOver = TakeOver.newBuilder().setBallot(BALLOT);
    accepts(Frame.newBuilder().setTakeOver(takeOver));
    refuses(Frame.newBuilder().setTakeOver(takeOver.setThrough(-1)), "log's end");
  }

  @Test
  void refusesABatchThatIsNone() {
    Accept.Builder accept = Accept.newBuilder().setBallot(BALLOT).setSlot(1);
    refuses(Frame.newBuilder().setAccept(accept), "too short");
    refuses(
        Frame.newBuilder().setAccept(accept.setBatch(NO_OP.concat(ByteString.copyFromUtf8("x")))),
        "length");
    byte[] lying = Batch.of(1, List.of(Command.of(new byte[8]))).encoded().clone();
    lying[12] = 0x7f;
    refuses(Frame.newBuilder().setAccept(accept.setBatch(ByteString.copyFrom(lying))), "claims");
  }

  @Test
  void refusesProposalsOutOfOrder() {
    Learned.Builder learned = Learned.newBuilder().setFrom(5).addChosen(proposal(5));
    accepts(Frame.newBuilder().setLearned(learned.clone().addChosen(proposal(6))));
    refuses(Frame.newBuilder().setLearned(learned.clone().addChosen(proposal(7))), "consecutive");
    Promise.Builder promise =
        Promise.newBuilder().setBallot(BALLOT).setFrom(5).addAccepted(proposal(6));
    accepts(Frame.newBuilder().setPromise(promise.clone().addAccepted(proposal(9))));
    refuses(Frame.newBuilder().setPromise(promise.clone().addAccepted(proposal(6))), "order");
    refuses(
        Frame.newBuilder().setPromise(promise.clone().clearAccepted().addAccepted(proposal(4))),
        "order");
  }

  @Test
  void refusesWhatNobodyForwardsOrAgreesTo() {
    refuses(Frame.newBuilder().setForward(Forward.newBuilder()), "no command");
    refuses(
        Frame.newBuilder()
            .setForward(Forward.newBuilder().addCommands(ByteString.EMPTY).setHops(-1)),
        "hops");
    refuses(Frame.newBuilder().setReadAsk(ReadAsk.newBuilder()), "origin");
    Greeting.Builder greeting = Greeting.newBuilder().setIncarnation(3);
    accepts(Frame.newBuilder().setGreeting(greeting));
    refuses(Frame.newBuilder().setGreeting(greeting.clone().setFormed(true)), "voter");
    Voter.Builder voter = Voter.newBuilder().setNode(1).setIncarnation(4);
    refuses(
        Frame.newBuilder().setGreeting(greeting.clone().addAgreed(voter).addAgreed(voter)),
        "twice");
    refuses(Frame.newBuilder().setGreeting(greeting.clearIncarnation()), "incarnation");
  }

  @Test
  void refusesAPageThatIsNoneOfASnapshot() {
    refuses(Frame.newBuilder().setTrimmed(Trimmed.newBuilder().setFrom(5).setSnapshot(4)), "reach");
    refuses(Frame.newBuilder().setTrimmed(Trimmed.newBuilder().setSnapshot(4)), "first slot");
    accepts(Frame.newBuilder().setTrimmed(Trimmed.newBuilder().setFrom(5).setSnapshot(5)));
    SnapshotAsk.Builder ask = SnapshotAsk.newBuilder();
    accepts(Frame.newBuilder().setSnapshotAsk(ask));
    refuses(Frame.newBuilder().setSnapshotAsk(ask.clone().setOffset(-1)), "beginning");
    refuses(Frame.newBuilder().setSnapshotAsk(ask.clone().setSha256(NO_OP)), "SHA-256");
    refuses(Frame.newBuilder().setSnapshotAsk(ask.setConsumer("n".repeat(1_025))), "name");
    SnapshotPage.Whole whole =
        SnapshotPage.Whole.newBuilder()
            .setBytes(10)
            .setSha256(ByteString.copyFrom(new byte[32]))
            .build();
    SnapshotPage.Builder page = SnapshotPage.newBuilder().setOf(whole).setOffset(10);
    accepts(Frame.newBuilder().setSnapshotPage(page));
    refuses(Frame.newBuilder().setSnapshotPage(page.clone().setOffset(9)), "empty");
    refuses(Frame.newBuilder().setSnapshotPage(page.clone().setOffset(11)), "beyond");
    page.setContent(ByteString.copyFromUtf8("12"));
    refuses(Frame.newBuilder().setSnapshotPage(page.clone().setOffset(9)), "beyond");
    accepts(Frame.newBuilder().setSnapshotPage(page.setOffset(8)));
    SnapshotPage.Whole.Builder unnamed = whole.toBuilder().clearSha256();
    refuses(Frame.newBuilder().setSnapshotPage(page.setOf(unnamed)), "SHA-256");
  }

  @Test
  void refusesAListThatWouldFillTheMemory() {
    Learned.Builder learned = Learned.newBuilder().setFrom(1);
    for (int i = 0; i < 200_000; i++) {
      learned.addChosen(Proposal.getDefaultInstance());
    }
    refuses(Frame.newBuilder().setLearned(learned), "more than");
  }

  private static Set<Class<?>> kinds(Class<?> sealed) {
    Set<Class<?>> kinds = new HashSet<>();
    for (Class<?> permitted : sealed.getPermittedSubclasses()) {
      if (permitted.isSealed()) {
        kinds.addAll(kinds(permitted));
      } else {
        kinds.add(permitted);
      }
    }
    return kinds;
  }

  private static Input.Received received(Message message) {
    return new Input.Received(1, 2, 3, message);
  }

  private static Prepare.Builder prepare(Ballot ballot, long from) {
    return Prepare.newBuilder().setBallot(ballot).setFrom(from);
  }

  private static Frame.Builder prepared(Ballot.Builder ballot) {
    return Frame.newBuilder().setPrepare(prepare(ballot.build(), 1));
  }

  private static Proposal proposal(long slot) {
    return Proposal.newBuilder().setSlot(slot).setBallot(BALLOT).setBatch(NO_OP).build();
  }

  private static Frame sound(Frame.Builder frame) {
    return frame.setCluster(CLUSTER).setFrom(2).setIncarnation(8).build();
  }

  private void accepts(Frame.Builder frame) {
    assertThatCode(() -> codec.decode(sound(frame).toByteArray())).doesNotThrowAnyException();
  }

  private void refuses(Frame.Builder frame, String because) {
    refuses(sound(frame), because);
  }

  private void refuses(Frame frame, String because) {
    MalformedFrame refusal =
        catchThrowableOfType(MalformedFrame.class, () -> codec.decode(frame.toByteArray()));
    assertThat(refusal).isNotNull().hasMessageContaining(because);
  }

  /** Any other exception fails the test. */
  private boolean refuses(byte[] bytes) {
    try {
      assertThat(codec.decode(bytes)).isNotNull();
      return false;
    } catch (MalformedFrame malformed) {
      return true;
    }
  }
}
