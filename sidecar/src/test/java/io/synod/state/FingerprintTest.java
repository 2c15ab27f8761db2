package io.synod.state;

import static io.synod.state.TestMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.apply.Fingerprint;
import io.synod.state.apply.Machine;
import io.synod.state.command.Entry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.state.result.KeyValue;
import io.synod.state.result.OpResult;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests which results the rolling digest distinguishes, besides commands and pairs. */
class FingerprintTest {
  private static final KeyValue PAIR = new KeyValue("k", value("v"), 1, 2, 3, 4, 5);

  private static final List<Reply> REPLIES =
      List.of(
          Reply.none(),
          new Reply.Queued(true),
          new Reply.Queued(false),
          new Reply.Released(3),
          new Reply.Released(4),
          new Reply.Acknowledged(3),
          new Reply.Acknowledged(4),
          new Reply.Done(true, List.of()),
          new Reply.Done(false, List.of()),
          done(null, null, 0),
          done(null, null, 1),
          done(PAIR, null, 0),
          done(null, PAIR, 0),
          done(PAIR.with(value("longer")), null, 0),
          done(new KeyValue("k", value("v"), 1, 2, 3, 4, 6), null, 0),
          done(new KeyValue("k", value("v"), 1, 2, 3, 5, 5), null, 0),
          done(new KeyValue("k", value("v"), 1, 2, 4, 4, 5), null, 0),
          done(new KeyValue("k", value("v"), 1, 3, 3, 4, 5), null, 0),
          done(new KeyValue("k", value("v"), 2, 2, 3, 4, 5), null, 0));

  private static Reply done(@Nullable KeyValue kv, @Nullable KeyValue previous, long deleted) {
    return new Reply.Done(true, List.of(new OpResult(kv, previous, deleted)));
  }

  @Test
  void everyAnswerHasAnother() {
    List<Result> results = new ArrayList<>();
    for (Reply reply : REPLIES) {
      results.add(new Result.Effect(reply));
      results.add(new Result.Repetition(1, 2, 3, 4, reply));
    }
    results.add(new Result.Repetition(2, 2, 3, 4, Reply.none()));
    results.add(new Result.Repetition(1, 3, 3, 4, Reply.none()));
    results.add(new Result.Repetition(1, 2, 4, 4, Reply.none()));
    results.add(new Result.Repetition(1, 2, 3, 5, Reply.none()));
    for (long of = 1; of <= 2; of++) {
      results.add(new Result.SessionUnknown(of));
      results.add(new Result.SequenceForgotten(of));
      results.add(new Result.SequenceAhead(of));
      results.add(new Result.AnswersFull(of));
      results.add(new Result.OwnerUnknown(of));
      results.add(new Result.TooManyKeys(of));
      results.add(new Result.AnswerTooLarge(of));
      results.add(new Result.TooManySessions(of));
      results.add(new Result.TooManyConsumers(of));
      results.add(new Result.TooManyOpenings(of));
    }
    results.add(new Result.SequenceReused());
    results.add(new Result.RequestIdReused());
    results.add(new Result.NotHeld());
    results.add(new Result.ConsumerUnknown());
    results.add(new Result.Malformed());
    results.add(new Result.TooLate());
    Set<Class<?>> kinds = new HashSet<>();
    Set<Long> digests = new HashSet<>();
    for (Result result : results) {
      kinds.add(result.getClass());
      digests.add(Fingerprint.of(7, result));
    }
    assertThat(digests).hasSameSizeAs(results);
    assertThat(kinds).containsExactlyInAnyOrder(Result.class.getPermittedSubclasses());
    assertThat(REPLIES.stream().<Class<?>>map(Object::getClass).distinct())
        .containsExactlyInAnyOrder(Reply.class.getPermittedSubclasses());
  }

  private static long afterTheNextSlot(State state) {
    Machine machine = new Machine(state);
    machine.apply(state.slot() + 1, 0, List.of());
    return machine.digest();
  }

  @Test
  void aStateThatLacksAnythingDiffersAfterTheNextSlotThoughThatHoldsNothing() {
    TestMachine log = new TestMachine();
    long session = log.open();
    log.put(session, "a", "1");
    log.hold("l");
    log.apply(
        log.entry(
            session,
            Entry.Kind.ACKNOWLEDGE,
            new SystemCommands.Acknowledge("c", 1, value("")).encode()));
    log.apply(log.opening(Entry.Kind.OPEN_SESSION, new SystemCommands.Open(0).encode()));
    State state = log.state();
    State.Rest rest = state.rest();
    final State.RequestMemory requestMemory = rest.requestMemory();
    State.RequestMemory refusing =
        new State.RequestMemory(requestMemory.requests(), requestMemory.openings(), 5);
    Session kept = Objects.requireNonNull(state.session(session));
    Session forgetful = kept.acknowledged(Long.MAX_VALUE);
    List<State> others =
        List.of(
            new State(state.limits(), state.mark(), Keys.EMPTY, state.table(), rest),
            with(state, state.table().without(kept)),
            with(state, state.table().with(forgetful)),
            with(
                state,
                new State.Rest(
                    Locks.EMPTY, rest.consumers(), requestMemory, 0, Level.FIRST, Payload.EMPTY)),
            with(
                state,
                new State.Rest(
                    rest.locks(), Consumers.EMPTY, requestMemory, 0, Level.FIRST, Payload.EMPTY)),
            with(
                state,
                new State.Rest(
                    rest.locks(),
                    rest.consumers(),
                    State.RequestMemory.EMPTY,
                    0,
                    Level.FIRST,
                    Payload.EMPTY)),
            with(
                state,
                new State.Rest(
                    rest.locks(), rest.consumers(), refusing, 0, Level.FIRST, Payload.EMPTY)),
            with(
                state,
                new State.Rest(
                    rest.locks(), rest.consumers(), requestMemory, 9, Level.FIRST, Payload.EMPTY)));
    Set<Long> digests = new HashSet<>();
    digests.add(afterTheNextSlot(state));
    others.forEach(other -> digests.add(afterTheNextSlot(other)));
    assertThat(digests).hasSize(1 + others.size());
  }

  private static State with(State state, State.Rest rest) {
    return new State(state.limits(), state.mark(), state.keys(), state.table(), rest);
  }

  private static State with(State state, SessionTable sessions) {
    return new State(state.limits(), state.mark(), state.keys(), sessions, state.rest());
  }
}
