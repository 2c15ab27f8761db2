package io.synod.runtime.upkeep;

import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The digests that peers reported lately, each of the peer's state at one slot.
 *
 * <p>The loop's thread calls it.
 */
final class PeerDigests {
  /** How many claims of each peer are remembered: those of the latest slots. */
  private static final int CLAIMS_MAX = 64;

  private final Map<Integer, TreeMap<Long, Claim>> claims = new HashMap<>();

  /**
   * What a peer reported.
   *
   * @param member the peer with its disk
   */
  record Claim(long digest, Member member) {}

  /** Adds a claim; returns whether the peer had made one for this slot before. */
  boolean put(int from, long slot, Claim claim) {
    TreeMap<Long, Claim> theirs = claims.computeIfAbsent(from, any -> new TreeMap<>());
    boolean again = theirs.put(slot, claim) != null;
    if (theirs.size() > CLAIMS_MAX) {
      theirs.pollFirstEntry();
    }
    return again;
  }

  /** Passes on each claim for this slot, with its peer. */
  void forEach(long slot, BiConsumer<Integer, Claim> action) {
    claims.forEach(
        (peer, theirs) -> {
          @Nullable Claim claim = theirs.get(slot);
          if (claim != null) {
            action.accept(peer, claim);
          }
        });
  }

  /** The peers that claim this digest at the slot. */
  List<Integer> agreeing(long slot, long digest) {
    List<Integer> peers = new ArrayList<>();
    forEach(
        slot,
        (peer, claim) -> {
          if (claim.digest() == digest) {
            peers.add(peer);
          }
        });
    return peers;
  }

  /** Whether a quorum of this membership claims this digest at the slot. */
  boolean hasQuorum(Membership membership, long slot, long digest) {
    int voters = 0;
    for (TreeMap<Long, Claim> theirs : claims.values()) {
      Claim claim = theirs.get(slot);
      if (claim != null && claim.digest() == digest && membership.isVoter(claim.member())) {
        voters++;
      }
    }
    return voters >= membership.quorum();
  }
}
