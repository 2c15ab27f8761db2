package io.synod.sim.check.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import io.synod.sim.check.core.Checkers;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.state.result.KeyValue;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that the checkers of answers from the state report wrong answers. */
class ReferenceModelTest {
  private static final Ballot BALLOT = new Ballot(1, 0, 1, 11);

  private final Checkers checkers = new Checkers();
  private final ObservedNode observedNode = new ObservedNode(1);
  private final List<Long> expired = new ArrayList<>();
  private final List<String> passed = new ArrayList<>();
  private final ReferenceModel referenceModel =
      new ReferenceModel(
          checkers.chosenLog(),
          new ReferenceModel.ModelListener() {
            @Override
            public void expired(long session) {
              expired.add(session);
            }

            @Override
            public void passed(
                String lock,
                ReferenceModel.LockGrant before,
                ReferenceModel.LockGrant after,
                Entry.Kind by) {
              passed.add(lock + " to " + after.session() + " under " + after.token());
            }
          });
  private long slot;

  @BeforeEach
  void form() {
    observedNode.begin(11);
    checkers.happened(observedNode, new Event.Formed(new Formation(Map.of(1, 11L)), true));
    choose(100, opening(Entry.Kind.OPEN_SESSION, 1, new SystemCommands.Open(1_000).encode()));
    choose(90, put(1, "k", "v"));
  }

  private void choose(long millis, Entry entry) {
    slot++;
    Command command = Command.of(entry.encode());
    Write vote = new Write.Accepted(new Proposal(slot, BALLOT, Batch.of(millis, List.of(command))));
    observedNode.durable().take(vote);
    checkers.synced(observedNode, vote);
  }

  private static Entry opening(Entry.Kind kind, long nonce, Payload order) {
    return new NewEntry(kind, "", "", order).under(1, new Entry.Key(0, nonce), 0);
  }

  private static Entry put(long sequence, String key, String value) {
    Txn txn = Txn.of(new Op.Put(key, value(value), 0, 0));
    return NewEntry.of(Entry.Kind.KV, txn.encode()).under(1, new Entry.Key(1, sequence), 1);
  }

  private static Payload value(String value) {
    return Payload.of(value.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static void breaks(String invariant, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            Violation.class, seen -> assertThat(seen.invariant()).isEqualTo(invariant));
  }

  private static Outcome.Applied applied(long millis, Reply reply) {
    return new Outcome.Applied(2, 2, BALLOT, false, millis, reply);
  }

  @Test
  void knowsWhatEachKeyHeldAtEachIndex() {
    choose(100, put(2, "k", "w"));
    assertThat(referenceModel.index()).isEqualTo(3);
    assertThat(referenceModel.pairAt("k", 1)).isNull();
    assertThat(Objects.requireNonNull(referenceModel.pairAt("k", 2)).value()).isEqualTo(value("v"));
    assertThat(referenceModel.pairsAt("", 3)).hasSize(1);
    assertThat(referenceModel.pairsAt("l", 3)).isEmpty();
    breaks("I6", () -> referenceModel.pairAt("k", 4));
  }

  @Test
  void refusesAnAnswerThatTheLogDoesNotGive() {
    // The answer leaves out the value, since the caller knows it.
    KeyValue pair = new KeyValue("k", Payload.EMPTY, 2, 2, 1, 0, 0);
    Reply right = new Reply.Done(true, List.of(new io.synod.state.result.OpResult(pair, null, 0)));
    referenceModel.answered(applied(100, right));
    breaks("I10", () -> referenceModel.answered(applied(100, Reply.none())));
    breaks("I9", () -> referenceModel.answered(applied(90, right)));
  }

  @Test
  void refusesARefusalThatTheLogDoesNotGive() {
    choose(100, put(1, "k", "other"));
    referenceModel.refused(put(1, "k", "other"), new Outcome.SequenceReused(1, 1));
    breaks("I11", () -> referenceModel.refused(put(1, "k", "x"), new Outcome.SessionUnknown(1)));
    breaks(
        "I11",
        () ->
            referenceModel.refused(
                put(9, "k", "x"), new Outcome.WithoutEffect(new Result.NotHeld())));
  }

  @Test
  void tellsWhoExpiresAndHowLocksPass() {
    Payload hold = new SystemCommands.Hold("l", Payload.EMPTY, 1_000, false).encode();
    choose(100, opening(Entry.Kind.HOLD, 2, hold));
    choose(100, opening(Entry.Kind.HOLD, 3, hold));
    choose(
        100,
        NewEntry.of(
                Entry.Kind.EXPIRE_SESSIONS,
                new SystemCommands.Expire(List.of(new SystemCommands.Expire.Judged(3, 3))).encode())
            .under(1, new Entry.Key(0, 5), 1));
    referenceModel.follow();
    assertThat(expired).containsExactly(3L);
    assertThat(passed).containsExactly("l to 3 under 3", "l to 4 under 5");
    assertThat(referenceModel.lockAt("l", 4)).isEqualTo(new ReferenceModel.LockGrant(3, 3));
    assertThat(referenceModel.isOpen(3)).isFalse();
  }

  @Test
  void refusesAWatchThatLosesOrInventsAChange() {
    PairWatch watch = new PairWatch(referenceModel);
    Entry put = put(1, "k", "v");
    breaks("I12", () -> watch.page(1, 1, new AppliedLog.Page(List.of(), 3)));
    AppliedLog.Item empty = new AppliedLog.Item(2, 2, 100, put);
    breaks("I12", () -> watch.page(1, 1, new AppliedLog.Page(List.of(empty), 3)));
    assertThat(Bytes.EMPTY.isEmpty()).isTrue();
    watch.page(1, 1, new AppliedLog.Page(List.of(), 2));
  }

  @Test
  void refusesTwoHoldersAndAnExpiryThatCameTooEarly() {
    Exclusion exclusion = exclusionOf(3, 4, 5);
    exclusion.holds("l", new ReferenceModel.LockGrant(5, 3), 100, 200);
    breaks("I13", () -> exclusion.holds("l", new ReferenceModel.LockGrant(7, 4), 199, 300));
    Exclusion later = exclusionOf(3, 4, 5);
    later.holds("l", new ReferenceModel.LockGrant(5, 3), 100, 200);
    breaks("I13", () -> later.expired(3, 199));
    later.expired(3, 200);
    later.holds("l", new ReferenceModel.LockGrant(7, 4), 200, 300);
    breaks("I13", () -> later.valid(3, 250, 300));
    breaks("I13", () -> later.holds("l", new ReferenceModel.LockGrant(6, 5), 300, 400));
  }

  @Test
  void refusesWhatIsPromisedForLongerThanTheLastRenewalGrants() {
    Exclusion exclusion = new Exclusion(100);
    breaks("I13", () -> exclusion.valid(3, 10, 20));
    exclusion.renewed(3, 10);
    exclusion.valid(3, 15, 110);
    breaks("I13", () -> exclusion.valid(3, 15, 111));
    exclusion.renewed(3, 11);
    exclusion.valid(3, 15, 111);
  }

  private static Exclusion exclusionOf(long... sessions) {
    Exclusion exclusion = new Exclusion(1_000);
    for (long session : sessions) {
      exclusion.renewed(session, 0);
    }
    return exclusion;
  }

  @Test
  void countsNoPromiseThatWasGivenUp() {
    Exclusion exclusion = exclusionOf(3, 4, 5);
    exclusion.holds("l", new ReferenceModel.LockGrant(5, 3), 100, 200);
    exclusion.given(3);
    exclusion.holds("l", new ReferenceModel.LockGrant(7, 4), 110, 300);
    exclusion.valid(3, 120, 220);
    exclusion.holds("l", new ReferenceModel.LockGrant(5, 3), 120, 220);
    exclusion.expired(3, 121);
  }
}
