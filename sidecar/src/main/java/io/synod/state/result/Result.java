package io.synod.state.result;

/**
 * The result of applying an entry. It is the same on every node, and for every copy of the entry: a
 * refusal is final.
 */
public sealed interface Result {

  /** It took effect. */
  record Effect(Reply reply) implements Result {}

  /**
   * It took effect before, as the entry with this index, with this reply.
   *
   * @param attempt the attempt that took effect; a copy of that attempt also gets this result
   */
  record Repetition(long index, long slot, long logTimeMillis, long attempt, Reply reply)
      implements Result {}

  /** Without effect: there is no such session. */
  record SessionUnknown(long session) implements Result {}

  /** Without effect: another payload used the sequence first. */
  record SequenceReused() implements Result {}

  /** Without effect: the answer was acknowledged, and therefore forgotten. */
  record SequenceForgotten(long ackedBelow) implements Result {}

  /** Without effect: the sequence is {@code limit} or more above the acknowledged ones. */
  record SequenceAhead(long limit) implements Result {}

  /**
   * Without effect, finally: the session's unacknowledged answers are too many, or exceed {@code
   * limit} bytes.
   */
  record AnswersFull(long limit) implements Result {}

  /** Without effect: another payload used the request id first. */
  record RequestIdReused() implements Result {}

  /** Without effect: the session that was to own a pair is not open. */
  record OwnerUnknown(long session) implements Result {}

  /** Without effect: a prefix to be deleted has more pairs than {@code limit}. */
  record TooManyKeys(long limit) implements Result {}

  /** Without effect: what a transaction would read exceeds {@code limit} bytes. */
  record AnswerTooLarge(long limit) implements Result {}

  /** Without effect, finally: there are {@code limit} sessions, and none of them can be evicted. */
  record TooManySessions(long limit) implements Result {}

  /** Without effect, finally: the recent commands that opened sessions take {@code limit} bytes. */
  record TooManyOpenings(long limit) implements Result {}

  /**
   * Without effect, finally: the command was made so long ago that a copy of it may have been
   * applied and forgotten; or it opens a session, and a command made later was refused because of a
   * limit before this one came, as a copy of this one may have been.
   */
  record TooLate() implements Result {}

  /** Without effect: the lock is not held with that token. */
  record NotHeld() implements Result {}

  /** Without effect: there are {@code limit} consumers; drop one first. */
  record TooManyConsumers(long limit) implements Result {}

  /** Without effect: there is no such consumer. */
  record ConsumerUnknown() implements Result {}

  /** Without effect: the command is malformed. */
  record Malformed() implements Result {}

  /** Whether it changed the state, and is delivered to readers and watchers. */
  default boolean hasEffect() {
    return this instanceof Effect;
  }
}
