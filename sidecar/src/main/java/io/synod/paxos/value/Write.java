package io.synod.paxos.value;

import java.util.List;

/** What a replica must not forget. Written in order, then synced once for the whole cycle. */
public sealed interface Write {

  /** Nothing below this ballot is accepted any more. [DURABLE before Prepare and Promise] */
  record Promised(Ballot ballot) implements Write {}

  /** A vote, which is also a promise of its ballot. [DURABLE before Accepted] */
  record Accepted(Proposal proposal) implements Write {}

  /** A chosen proposal that this node was told instead of voting for it. */
  record Learned(Proposal proposal) implements Write {}

  /**
   * Every slot up to {@code through} is chosen and was applied here. Needs no sync of its own: what
   * is lost of it is learned again. Slots are archived only up to here.
   *
   * @param effects what applying did, of those newly applied slots of which there is more to say
   *     than that every command took effect; in slot order
   */
  record Applied(long through, List<Effect> effects) implements Write {

    /** What applying {@code slot} did; opaque to all but the replicated state. */
    public record Effect(long slot, Bytes bytes) {}
  }

  /** The one formation this disk agrees to. [DURABLE before it is told] */
  record Agreed(Formation formation) implements Write {}

  /** All voters have agreed to what this disk agreed to. */
  record Formed() implements Write {}
}
