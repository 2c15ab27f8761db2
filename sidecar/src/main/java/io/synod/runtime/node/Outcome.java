package io.synod.runtime.node;

import io.synod.paxos.value.Ballot;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;

/** The outcome of a proposal for its caller. */
public sealed interface Outcome {

  /**
   * It is chosen and applied here.
   *
   * @param index its index among all commands of the log
   * @param slot the slot in which it was chosen
   * @param ballot the ballot at which it was chosen; NONE if that is no longer known
   * @param deduplicated whether another attempt with the same sequence or request id took effect,
   *     whose reply this is
   * @param logTimeMillis the log time it carries, in milliseconds since the epoch
   * @param reply the reply of the state, besides the index
   */
  record Applied(
      long index, long slot, Ballot ballot, boolean deduplicated, long logTimeMillis, Reply reply)
      implements Outcome {

    /** Without a reply besides the index. */
    public Applied(long index, long slot, Ballot ballot, boolean deduplicated, long logTimeMillis) {
      this(index, slot, ballot, deduplicated, logTimeMillis, Reply.none());
    }
  }

  /** It was sent to no node, so it surely has no effect: nothing could be chosen in time. */
  record Unavailable(Availability why) implements Outcome {}

  /** It was sent to no node: this node's state differs from that of a majority. */
  record Quarantined() implements Outcome {}

  /** It was refused before it was sent to any node: too many proposals wait. */
  record Overloaded(long retryAfterMillis) implements Outcome {}

  /** It is in the log without effect: the session is closed, was evicted or never existed. */
  record SessionUnknown(long session) implements Outcome {}

  /** It is in the log without effect: another payload used this sequence first. */
  record SequenceReused(long session, long sequence) implements Outcome {}

  /**
   * Its answer was acknowledged, and therefore forgotten: whether it is a repetition is not known.
   */
  record SequenceForgotten(long session, long sequence, long ackedBelow) implements Outcome {}

  /**
   * It has no effect: its sequence is too far above the acknowledged ones; acknowledge some first.
   */
  record SequenceAhead(long session, long sequence, long limit) implements Outcome {}

  /**
   * It is in the log without effect, for a reason of the replicated state.
   *
   * @param why the reason; none of those that have an outcome of their own
   */
  record WithoutEffect(Result why) implements Outcome {}

  /**
   * The deadline passed, or the node stopped: it may or may not be chosen.
   *
   * @param ackedBelow as in the entry; an entry that opens a session is proposed again with it
   */
  record Indeterminate(long session, long sequence, long ackedBelow) implements Outcome {

    /** For an entry that acknowledged nothing. */
    public Indeterminate(long session, long sequence) {
      this(session, sequence, 0);
    }
  }
}
