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

  /** About how much memory its proposals and commands take, in bytes; 0 if it holds none. */
  default long payloadBytes() {
    return 0;
  }

  // ---- forming the cluster

  /**
   * Sent by every node that is not yet formed, to all; also the reply to one. "This is my disk,
   * what it held before, and the formation I have agreed to, if any." A node agrees once, durably,
   * and only with voters whose disks held the same; the cluster is formed when all voters have
   * agreed to the same.
   *
   * @param incarnation the sender's disk
   * @param origin what that disk held before; the origin of {@code agreed}, if there is one
   * @param agreed what the sender has durably agreed to, or null
   * @param formed whether the sender knows that all have agreed
   */
  record Greeting(long incarnation, Origin origin, @Nullable Formation agreed, boolean formed)
      implements AfterSync {

    /** The greeting of a node whose disk was empty, or that has agreed. */
    public Greeting(long incarnation, @Nullable Formation agreed, boolean formed) {
      this(incarnation, agreed == null ? Origin.EMPTY : agreed.origin(), agreed, formed);
    }
  }

  // ---- failure detection

  /**
   * Sent by every node to every other, each heartbeat interval, before the cycle writes. It is
   * evidence that the sender's loop runs and that its previous sync returned: a node whose disk
   * hangs sends none. The receiver answers in its next cycle with {@link HeartbeatAck}.
   *
   * @param id increases with each heartbeat; an ack proves that this one arrived
   * @param leader the ballot of the leader that the sender is or follows; NONE if there is none
   * @param leading whether the sender itself leads with {@code leader}
   * @param quorumConnected whether a quorum has lately answered the sender
   * @param chosenThrough every slot up to this one is chosen, and known to the sender
   * @param chosenIndex how many commands those slots hold: the index of the last of them
   * @param fullVoters the voters whose logs have no space, if because of them {@code leader}
   *     chooses nothing, according to that leader; otherwise empty
   */
  record Heartbeat(
      long id,
      Ballot leader,
      boolean leading,
      boolean quorumConnected,
      long chosenThrough,
      long chosenIndex,
      List<Integer> fullVoters)
      implements Message {}

  /**
   * The answer to a {@link Heartbeat}; fields of the same name describe the answering node.
   *
   * @param leading whether the answering node leads, a quorum answers it, and a no-op of its own is
   *     chosen: only then does {@code chosenThrough} cover everything that was acknowledged before
   * @param confirmedAgeNanos how long ago, at most, a quorum still followed the answering node, if
   *     it leads: later acknowledgements may be another leader's
   * @param times the answering node's clocks
   * @param full whether the answering node's log has no space, so that it neither accepts nor
   *     learns
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
      boolean full,
      List<Integer> fullVoters)
      implements Message {}

  /**
   * A node's wall clock and log time, in milliseconds since the epoch.
   *
   * @param wallMillis its wall clock, which may be wrong
   * @param logTimeMillis a lower bound of log time; UNKNOWN if the node has received none since its
   *     process began
   */
  record Times(long wallMillis, long logTimeMillis) {
    /** Log time is not known. */
    public static final long UNKNOWN = 0;
  }

  // ---- phase 1

  /**
   * Sent by a candidate to every voter, once its ballot is durable: "Promise me this ballot, and
   * list what you accepted from this slot on." [PMS §2.2 phase 1a]
   *
   * @param from the first slot the candidate does not know to be chosen, or of its next page
   */
  record Prepare(Ballot ballot, long from) implements AfterSync {}

  /**
   * The answer to {@link Prepare}: the sender accepts nothing below this ballot any more, and lists
   * what it has accepted. [PMS §2.2 phase 1b]
   *
   * @param from as in the request
   * @param accepted what the sender accepted, per slot at its highest ballot, in slot order
   * @param completeThrough {@code accepted} lists everything from {@code from} to this slot; {@code
   *     Long.MAX_VALUE} on the last page. The candidate requests the next page.
   * @param chosenThrough the sender knows every slot up to here to be chosen, with the listed value
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
   * Sent by a leader to every voter: "Accept this." The receiver accepts unless it promised a
   * higher ballot, and answers {@link Accepted} or {@link Reject}. [PMS §2.2 phase 2a]
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
   * Sent by an acceptor to the leader: the slots from {@code from} to {@code to} are accepted at
   * this ballot and synced. [PMS §2.2 phase 2b]
   */
  record Accepted(Ballot ballot, long from, long to) implements AfterSync {}

  /**
   * Sent by an acceptor to a node that used a ballot below its promise. The receiver abandons
   * {@code refused} and uses no ballot below {@code promised} any more.
   */
  record Reject(Ballot refused, Ballot promised) implements Message {}

  // ---- learning

  /**
   * Sent by a leader to all nodes, when no accept carries it soon enough: every slot up to {@code
   * through} is chosen. A learner accepts this only for slots it accepted at this very ballot, and
   * requests the rest with {@link LearnRequest}.
   */
  record Chosen(Ballot ballot, long through) implements Message {}

  /**
   * Sent by a node that lacks chosen slots to one that has them: "Send me a page from here on." The
   * answer repeats the slot, which identifies the request: a duplicate of an answer triggers no
   * further request.
   */
  record LearnRequest(long from) implements Message {}

  /**
   * The answer to {@link LearnRequest}: chosen proposals, consecutive from {@code from}.
   *
   * @param chosenThrough the last chosen slot that the sender knows; the receiver requests the next
   *     page
   */
  record Learned(long from, List<Proposal> chosen, long chosenThrough) implements Message {
    @Override
    public long payloadBytes() {
      return Proposal.bytes(chosen);
    }
  }

  // ---- snapshots

  /**
   * The answer to {@link LearnRequest}, or to an {@link Accept}, for slots that the sender has
   * trimmed: the receiver must fetch its snapshot instead.
   *
   * @param from the first slot that was requested
   * @param snapshot the slot of the sender's newest snapshot, not below {@code from}
   */
  record Trimmed(long from, long snapshot) implements Message {}

  /**
   * A request for a page of a snapshot, of the replicated state or of a consumer; sent by any node
   * to any other.
   *
   * @param id identifies the fetch; the answer carries it
   * @param consumer the consumer whose snapshot it is; empty for the replicated state
   * @param number the index at which the consumer's snapshot was taken; for the replicated state,
   *     the snapshot must be of a slot above this
   * @param sha256 of the requested snapshot; empty for any
   * @param offset where the page begins
   */
  record SnapshotAsk(long id, String consumer, long number, Bytes sha256, long offset)
      implements Message {}

  /**
   * The answer to {@link SnapshotAsk}: a page of the stream, or that the sender does not have it.
   *
   * @param mark the position in the log at which it was taken; for a consumer's, only the index
   *     counts
   * @param total the length of the whole stream; -1 if the sender does not have it
   * @param sha256 of the whole stream
   * @param offset where {@code bytes} begin
   */
  record SnapshotPage(
      long id, SnapshotMark mark, long total, Bytes sha256, long offset, Bytes bytes)
      implements Message {

    /** The answer of a node that does not have it. */
    public static SnapshotPage none(long id) {
      return new SnapshotPage(id, SnapshotMark.NONE, -1, Bytes.EMPTY, 0, Bytes.EMPTY);
    }

    @Override
    public long payloadBytes() {
      return bytes.size();
    }
  }

  // ---- forwarded requests

  /**
   * Sent by a follower to its leader: "Propose these." It has no answer: the sender learns its
   * commands like any others, or forwards them again.
   *
   * @param hops how many more nodes may pass it on, where they have no leader themselves
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
   * Sent to the leader by a node with a strong read waiting: "Which slot must I have applied?"
   *
   * @param origin the node that waits, since others may pass the request on
   * @param id unique among the reads of {@code origin}; sent again until it is answered
   */
  record ReadAsk(int origin, long id, int hops) implements Message {}

  /**
   * The answer to {@link ReadAsk}: a node that has applied {@code slot} has applied everything that
   * was acknowledged before the read began.
   */
  record ReadAnswer(int origin, long id, long slot) implements Message {}

  /**
   * Sent by a leader to every voter: "Is mine still the highest ballot you promised?"
   *
   * @param round begins after every read it serves has arrived; never used twice
   */
  record ReadProbe(Ballot ballot, long round) implements Message {}

  /** The answer to {@link ReadProbe}, sent only by a voter that promised nothing higher. */
  record ReadProbeAck(Ballot ballot, long round) implements Message {}

  // ---- leader hand-over

  /**
   * Sent by a leader that hands over to its successor, once the successor has every slot: the
   * receiver stands for election at once, although a quorum still follows the old leader. A
   * receiver that knows of a later slot of this ballot ignores it: the leader has abandoned the
   * hand-over.
   *
   * @param through the last slot of the sender's log; every slot up to here is chosen
   */
  record TakeOver(Ballot ballot, long through) implements Message {}

  // ---- detection of diverged states

  /**
   * Sent by every node to every other, from time to time, and in reply to a node that reports
   * another digest for the same slot. It carries the digest of the sender's replicated state after
   * {@code slot}, and the last digest that a quorum of voters attests. The receiver compares.
   *
   * @param attestedSlot the last slot at which a quorum of voters is known to the sender to have
   *     its state; 0 if there is none
   * @param attestedDigest the digest at that slot
   */
  record StateDigest(long slot, long digest, long attestedSlot, long attestedDigest)
      implements Message {}

  // ---- inspection

  /** A query for what the receiver's disk holds for a slot; sent by any node to any other. */
  record VoteAsk(long id, long slot) implements Message {}

  /**
   * The answer to {@link VoteAsk}.
   *
   * @param votes every vote the sender's log still holds for the slot, oldest first
   * @param chosenThrough as in {@link Heartbeat}
   */
  record VoteAnswer(long id, long slot, List<Vote> votes, long chosenThrough) implements Message {}
}
