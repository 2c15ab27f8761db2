package io.synod.state;

/** What applying an entry did. The same on every node. */
public sealed interface Result {

  /** It took effect. */
  record Effect() implements Result {}

  /** It took effect before, as the entry with this index. */
  record Repetition(long index, long slot, long logTimeMillis) implements Result {}

  /** Without effect: there is no such session. */
  record SessionUnknown() implements Result {}

  /** Without effect: another payload used the sequence first. */
  record SequenceReused() implements Result {}

  /** Without effect: the answer was acknowledged, and so forgotten. */
  record SequenceForgotten(long ackedBelow) implements Result {}

  /** Without effect: it is {@code limit} or more above what is acknowledged. */
  record SequenceAhead(long limit) implements Result {}

  /** Without effect: it is no entry. */
  record Malformed() implements Result {}

  /** Whether it changed the state, and is shown to readers and watchers. */
  default boolean hasEffect() {
    return this instanceof Effect;
  }
}
