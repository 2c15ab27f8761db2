package io.synod.runtime.node;

import io.synod.paxos.value.Ballot;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;

/** How a proposal ended for the caller. */
public sealed interface Outcome {

  /**
   * It is chosen and applied here.
   *
   * @param index its place among all commands of the log
   * @param slot the slot it was chosen in
   * @param ballot the ballot it was chosen at; NONE if that is no longer known
   * @param deduplicated whether another attempt with the same sequence or request id took effect,
   *     and this is what that one was answered
   * @param logTimeMillis the log time it carries, in milliseconds since the epoch
   * @param reply what the state answers, beside the index
   */
  record Applied(
      long index, long slot, Ballot ballot, boolean deduplicated, long logTimeMillis, Reply reply)
      implements Outcome {

    /** With nothing to answer beside the index. */
    public Applied(long index, long slot, Ballot ballot, boolean deduplicated, long logTimeMillis) {
      this(index, slot, ballot, deduplicated, logTimeMillis, Reply.none());
    }
  }

  /** Nobody was told of it, so it surely has no effect: nothing could be chosen in time. */
  record Unavailable(Availability why) implements Outcome {}

  /** Nobody was told of it: this node's state differs from that of a majority. */
  record Quarantined() implements Outcome {}

  /** It was refused before anybody was told of it: too much waits already. */
  record Overloaded(long retryAfterMillis) implements Outcome {}

  /** It is in the log without effect: the session is closed, was evicted or never was. */
  record SessionUnknown(long session) implements Outcome {}

  /** It is in the log without effect: another payload used this sequence first. */
  record SequenceReused(long session, long sequence) implements Outcome {}

  /** Its answer was acknowledged, and so forgotten: whether this is a repetition is not known. */
  record SequenceForgotten(long session, long sequence, long ackedBelow) implements Outcome {}

  /** Too many sequences above the acknowledged ones: acknowledge some first. Without effect. */
  record SequenceAhead(long session, long sequence, long limit) implements Outcome {}

  /**
   * It is in the log without effect, for a reason of the state's own.
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

    /** Of an entry that acknowledged nothing. */
    public Indeterminate(long session, long sequence) {
      this(session, sequence, 0);
    }
  }
}
