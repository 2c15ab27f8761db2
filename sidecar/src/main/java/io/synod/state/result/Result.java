package io.synod.state.result;

/**
 * What applying an entry did. The same on every node, and for every copy of the entry: what was
 * refused once is refused for good.
 */
public sealed interface Result {

  /** It took effect. */
  record Effect(Reply reply) implements Result {}

  /**
   * It took effect before, as the entry with this index, and this was the answer.
   *
   * @param attempt the attempt that took effect: a copy of that very one may be answered so too
   */
  record Repetition(long index, long slot, long logTimeMillis, long attempt, Reply reply)
      implements Result {}

  /** Without effect: there is no such session. */
  record SessionUnknown(long session) implements Result {}

  /** Without effect: another payload used the sequence first. */
  record SequenceReused() implements Result {}

  /** Without effect: the answer was acknowledged, and so forgotten. */
  record SequenceForgotten(long ackedBelow) implements Result {}

  /** Without effect: it is {@code limit} or more above what is acknowledged. */
  record SequenceAhead(long limit) implements Result {}

  /**
   * Without effect, and never to have one: the session's unacknowledged answers are too many, or
   * hold more than {@code limit} bytes.
   */
  record AnswersFull(long limit) implements Result {}

  /** Without effect: another payload used the request id first. */
  record RequestIdReused() implements Result {}

  /** Without effect: the session that a pair was to go with is not open. */
  record OwnerUnknown(long session) implements Result {}

  /** Without effect: a prefix to be deleted has more pairs than {@code limit}. */
  record TooManyKeys(long limit) implements Result {}

  /** Without effect: what a transaction would read has more bytes than {@code limit}. */
  record AnswerTooLarge(long limit) implements Result {}

  /**
   * Without effect, and never to have one: there are {@code limit} sessions, all of which somebody
   * keeps.
   */
  record TooManySessions(long limit) implements Result {}

  /**
   * Without effect, and never to have one: the commands that opened sessions lately hold {@code
   * limit} bytes.
   */
  record TooManyOpenings(long limit) implements Result {}

  /**
   * Without effect, and never to have one: the command was made so long ago that a copy of it may
   * have been applied and forgotten; or it opens a session, and one that was made later was refused
   * for want of room before this one came, as a copy of this may have been.
   */
  record TooLate() implements Result {}

  /** Without effect: the lock is not held under that token. */
  record NotHeld() implements Result {}

  /** Without effect: there are {@code limit} consumers; drop one first. */
  record TooManyConsumers(long limit) implements Result {}

  /** Without effect: there is no such consumer. */
  record ConsumerUnknown() implements Result {}

  /** Without effect: it is no entry. */
  record Malformed() implements Result {}

  /** Whether it changed the state, and is shown to readers and watchers. */
  default boolean hasEffect() {
    return this instanceof Effect;
  }
}
