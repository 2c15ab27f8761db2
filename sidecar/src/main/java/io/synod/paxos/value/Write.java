package io.synod.paxos.value;

import java.util.List;

/**
 * A record of a replica's durable state. The records of a cycle are written in order and synced
 * once.
 */
public sealed interface Write {

  /**
   * A promise: nothing below this ballot is accepted any more. [DURABLE before Prepare and Promise]
   */
  record Promised(Ballot ballot) implements Write {}

  /** A vote, which is also a promise of its ballot. [DURABLE before Accepted] */
  record Accepted(Proposal proposal) implements Write {}

  /** A chosen proposal that this node learned instead of voting for it. */
  record Learned(Proposal proposal) implements Write {}

  /**
   * Every slot up to {@code through} is chosen and was applied here. It needs no sync of its own:
   * what is lost of it is learned again. Slots are archived only up to here.
   *
   * @param effects the effects of those newly applied slots in which not every command simply took
   *     effect; in slot order
   */
  record Applied(long through, List<Effect> effects) implements Write {

    /** The effect of applying {@code slot}; only the replicated state interprets it. */
    public record Effect(long slot, Bytes bytes) {}
  }

  /** The one formation this disk agrees to. [DURABLE before it is sent] */
  record Agreed(Formation formation) implements Write {}

  /** All voters have agreed to what this disk agreed to. */
  record Formed() implements Write {}
}
