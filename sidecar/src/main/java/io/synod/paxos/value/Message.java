package io.synod.paxos.value;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message between two nodes. Each type states who sends it, why, and what the receiver must do.
 * Any message may be lost, delayed, duplicated or reordered; none may be altered.
 */
public sealed interface Message {

  /**
   * A message that states what is durable on the sender's disk. {@link Output} lists these
   * separately: they are sent only after the writes of the same cycle are synced.
   */
  sealed interface AfterSync extends Message {}

  /** About what its proposals and commands take in memory, in bytes; 0 if it holds none. */
  default long payloadBytes() {
    return 0;
  }

  // ---- forming the cluster

  /**
   * From every node that is not yet formed, to all; and back from whoever hears it. "This is my
   * disk, and this is the formation I have agreed to, if any." A node agrees once, durably; the
   * cluster is formed when all voters have agreed to the same.
   *
   * @param incarnation the sender's disk
   * @param agreed what the sender has durably agreed to, or null
   * @param formed whether the sender knows that all have agreed
   */
  record Greeting(long incarnation, @Nullable Formation agreed, boolean formed)
      implements AfterSync {}

  // ---- hearing each other

  /**
   * From every node to every other, each heartbeat interval, before the cycle writes: evidence that
   * the sender's core turns, and that the sync of the cycle before came back. A disk that hangs
   * silences the sender from its next heartbeat on. The receiver answers in its own next cycle with
   * {@link HeartbeatAck}.
   *
   * @param id counts up; an ack proves that this very heartbeat arrived
   * @param leader the ballot the sender leads with, or else of the leader it hears; NONE if it
   *     hears none
   * @param leading whether the sender itself leads with {@code leader}
   * @param quorumConnected whether a quorum has lately answered the sender
   * @param chosenThrough every slot up to this one is chosen, and known to the sender
   * @param chosenIndex how many commands those slots hold: the index of the last of them
   */
  record Heartbeat(
      long id,
      Ballot leader,
      boolean leading,
      boolean quorumConnected,
      long chosenThrough,
      long chosenIndex)
      implements Message {}

  /**
   * The answer to a {@link Heartbeat}, with the answerer's own view; see there.
   *
   * @param leading whether the answerer leads, a quorum answers it, and a no-op of its own is
   *     chosen: only then does {@code chosenThrough} cover everything that was acknowledged before
   * @param confirmedAgeNanos how long ago, at most, a quorum still followed the answerer, if it
   *     leads: what was acknowledged later may be another leader's
   * @param times what the answerer knows of the time
   * @param full whether the answerer's log has no room, so that it neither accepts nor learns
   */
  record HeartbeatAck(
      long id,
      Ballot leader,
      boolean leading,
      boolean quorumConnected,
      long chosenThrough,
      long chosenIndex,
      long confirmedAgeNanos,
      Times times,
      boolean full)
      implements Message {}

  /**
   * What a node knows of the time, in milliseconds since the epoch.
   *
   * @param wallMillis its wall clock, which may be wrong
   * @param logTimeMillis log time is no earlier than this; UNKNOWN if the node has heard of none
   *     since its process began
   */
  record Times(long wallMillis, long logTimeMillis) {
    /** No log time. */
    public static final long UNKNOWN = 0;
  }

  // ---- phase 1

  /**
   * From a candidate to every voter, once its ballot is durable: "Promise me this ballot, and tell
   * me what you accepted from this slot on." [PMS §2.2 phase 1a]
   *
   * @param from the first slot the candidate does not know to be chosen, or of its next page
   */
  record Prepare(Ballot ballot, long from) implements AfterSync {}

  /**
   * The answer to {@link Prepare}: the sender accepts nothing below this ballot any more, and this
   * is what it has accepted. [PMS §2.2 phase 1b]
   *
   * @param from as asked
   * @param accepted what the sender accepted, per slot at its highest ballot, in slot order
   * @param completeThrough {@code accepted} is all there is from {@code from} to here; {@code
   *     Long.MAX_VALUE} when there is nothing beyond. The candidate asks for the next page.
   * @param chosenThrough up to here the sender knows the slots to be chosen, as listed
   * @param floor slots up to here are chosen but no longer in the sender's memory, and not listed:
   *     the candidate must learn them before it leads
   */
  record Promise(
      Ballot ballot,
      long from,
      List<Proposal> accepted,
      long completeThrough,
      long chosenThrough,
      long floor)
      implements AfterSync {
    @Override
    public long payloadBytes() {
      return Proposal.bytes(accepted);
    }
  }

  // ---- phase 2

  /**
   * From a leader to every voter: "Accept this." The receiver accepts unless it promised a higher
   * ballot, and answers {@link Accepted} or {@link Reject}. [PMS §2.2 phase 2a]
   *
   * @param chosenThrough as in {@link Chosen}
   */
  record Accept(Ballot ballot, long slot, Batch batch, long chosenThrough) implements Message {
    @Override
    public long payloadBytes() {
      return batch.size();
    }
  }

  /**
   * From an acceptor to the leader: the slots from {@code from} to {@code to} are accepted at this
   * ballot and synced. [PMS §2.2 phase 2b]
   */
  record Accepted(Ballot ballot, long from, long to) implements AfterSync {}

  /**
   * From an acceptor to whoever used a ballot below its promise: "I am bound to a higher one." The
   * receiver gives up {@code refused} and never goes below {@code promised} again.
   */
  record Reject(Ballot refused, Ballot promised) implements Message {}

  // ---- learning

  /**
   * From a leader to everybody, when no accept carries it soon enough: every slot up to {@code
   * through} is chosen. A learner believes it of the slots it accepted at this very ballot, and
   * asks for the rest with {@link LearnRequest}.
   */
  record Chosen(Ballot ballot, long through) implements Message {}

  /**
   * From a node that lacks chosen slots to one that has them: "Send me a page from here on." The
   * answer names the slot, and with it the request: another copy of it asks for nothing more.
   */
  record LearnRequest(long from) implements Message {}

  /**
   * The answer to {@link LearnRequest}: chosen proposals, consecutive from {@code from}.
   *
   * @param chosenThrough how far the sender could go on; the receiver asks again
   */
  record Learned(long from, List<Proposal> chosen, long chosenThrough) implements Message {
    @Override
    public long payloadBytes() {
      return Proposal.bytes(chosen);
    }
  }

  // ---- snapshots

  /**
   * The answer to {@link LearnRequest}, or to an {@link Accept}, of slots that the sender no longer
   * has: "They are in my snapshot. Ask for that."
   *
   * @param from the first slot that was wanted
   * @param snapshot the slot of the sender's newest snapshot, not below {@code from}
   */
  record Trimmed(long from, long snapshot) implements Message {}

  /**
   * From any node to any: "Send me a page of your snapshot", of the replicated state or of what a
   * consumer handed over.
   *
   * @param id of the pull: the answer carries it
   * @param consumer whose; empty for the replicated state
   * @param number the index the consumer's was taken at; of the state, any of a slot above this
   * @param sha256 of the very one that is wanted; empty for whichever there is
   * @param offset where the page begins
   */
  record SnapshotAsk(long id, String consumer, long number, Bytes sha256, long offset)
      implements Message {}

  /**
   * The answer to {@link SnapshotAsk}: a page of the stream, or that it is not there.
   *
   * @param mark where in the log it was taken; of a consumer's only the index counts
   * @param total the length of all of it; -1 if the sender does not have it
   * @param sha256 of all of it
   * @param offset where {@code bytes} begin
   */
  record SnapshotPage(long id, Mark mark, long total, Bytes sha256, long offset, Bytes bytes)
      implements Message {

    /** Where in the log a snapshot was taken, and the digest of the state there. */
    public record Mark(long slot, long index, long logTimeMillis, long digest) {}

    /** That the sender does not have it. */
    public static SnapshotPage none(long id) {
      return new SnapshotPage(id, new Mark(0, 0, 0, 0), -1, Bytes.EMPTY, 0, Bytes.EMPTY);
    }

    @Override
    public long payloadBytes() {
      return bytes.size();
    }
  }

  // ---- what callers want

  /**
   * From a node that does not lead to its leader: "Propose these." No answer: the sender learns its
   * commands like any others, or forwards them again.
   *
   * @param hops how often it may still be passed on, when the sender hears no leader itself
   */
  record Forward(List<Command> commands, int hops) implements Message {
    @Override
    public long payloadBytes() {
      long bytes = 0;
      for (Command command : commands) {
        bytes += Batch.encodedBytes(command);
      }
      return bytes;
    }
  }

  /**
   * From a node with a strong read waiting to its leader: "How far must I have applied?"
   *
   * @param origin who asks, for it may be passed on
   * @param id never used for other reads of one origin; sent again until it is answered
   */
  record ReadAsk(int origin, long id, int hops) implements Message {}

  /**
   * The answer to {@link ReadAsk}: whoever has applied {@code slot} has seen everything that was
   * acknowledged before the read began.
   */
  record ReadAnswer(int origin, long id, long slot) implements Message {}

  /**
   * From a leader to every voter: "Am I still the highest you promised?"
   *
   * @param round begun after every read it serves had arrived, and never used twice
   */
  record ReadProbe(Ballot ballot, long round) implements Message {}

  /** The answer to {@link ReadProbe}, only from a voter that promised nothing higher. */
  record ReadProbeAck(Ballot ballot, long round) implements Message {}

  // ---- handing over

  /**
   * From a leader that wants to go to the voter that shall follow it, once that one has everything:
   * the receiver stands for election at once, although a quorum still hears the old leader. One
   * that knows of a later slot of this ballot ignores it: the leader gave the hand-over up and went
   * on.
   *
   * @param through the last slot of the sender's log; all are chosen up to here
   */
  record TakeOver(Ballot ballot, long through) implements Message {}

  // ---- agreeing on the state

  /**
   * From every node to every other, now and then, and to those that say something else of the same
   * slot: "This was the digest of my replicated state just after this slot, and that one is the
   * digest of a quorum of voters." The receiver compares.
   *
   * @param attestedSlot the last slot at which a quorum of voters is known to the sender to have
   *     its state; 0 if there is none
   * @param attestedDigest the digest at that slot
   */
  record StateDigest(long slot, long digest, long attestedSlot, long attestedDigest)
      implements Message {}

  // ---- the glass box

  /** From any node to any: "What does your disk say of this slot?" */
  record VoteAsk(long id, long slot) implements Message {}

  /**
   * The answer to {@link VoteAsk}.
   *
   * @param votes every vote the sender's log still holds for the slot, oldest first
   * @param chosenThrough as in {@link Heartbeat}
   */
  record VoteAnswer(long id, long slot, List<Vote> votes, long chosenThrough) implements Message {}
}
