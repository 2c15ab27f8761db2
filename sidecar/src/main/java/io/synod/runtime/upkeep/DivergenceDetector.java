package io.synod.runtime.upkeep;

import io.synod.paxos.Self;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Memberships;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Observer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Detects diverged states: compares this node's state with its peers'. Each node sends now and then
 * the digest of its state just after a slot; a node that finds another digest at that slot sends
 * its own to all, and the others answer, so that all nodes know the digest of a majority at one
 * slot. A node that knows that a quorum has its state at a slot passes that on, since a peer may
 * receive from too few voters itself. A node that differs from a majority of the voters is wrong:
 * it is in {@link Quarantine}, and informs the peers that agree with each other of that.
 *
 * <p>The loop's thread calls it; {@link #isQuarantined}, {@link #hasDiverged} and the counts may be
 * called by any.
 */
public final class DivergenceDetector {
  private static final long SEND_NANOS = 1_000_000_000;
  private static final int SEND_SLOTS = 64;

  /** A peer that differed and is silent for this long is dropped, if a quorum contradicts it. */
  private static final long SILENT_NANOS = 10 * SEND_NANOS;

  private final Self self;
  private final Observer observer;
  private final long paceNanos;
  private final OwnDigests ownDigests = new OwnDigests();
  private final PeerDigests peerDigests = new PeerDigests();
  private final Map<Integer, Difference> differing = new HashMap<>();
  private final QuorumDigest quorumDigest;
  private final Quarantine quarantine;
  private final DigestSender digestSender;
  // The digest of the formation; 0 until the cluster is formed.
  private long formation;
  private @Nullable Memberships memberships;
  private long nowNanos;
  private long sentAtNanos = Long.MIN_VALUE / 2;
  private long sentSlot;
  private long contradicted;
  private volatile boolean diverged;
  private volatile boolean doubtful;
  private final AtomicLong compared = new AtomicLong();
  private final AtomicLong unequal = new AtomicLong();

  /** A peer that differs: the first differing slot that is known, and when it last reported it. */
  private record Difference(long sinceSlot, long atNanos) {}

  /**
   * Creates it without digests.
   *
   * @param syncedThrough syncs the journal, and returns the last slot that it records as applied
   * @param paceNanos the minimum interval between two messages to a peer
   */
  public DivergenceDetector(
      Self self,
      Observer observer,
      Quarantine quarantine,
      LongSupplier syncedThrough,
      long paceNanos) {
    this.self = self;
    this.quarantine = quarantine;
    this.observer = observer;
    this.paceNanos = paceNanos;
    this.quorumDigest = new QuorumDigest(self);
    this.digestSender = new DigestSender(self, ownDigests, syncedThrough);
  }

  /** Whether this node's state differs from a majority's. */
  public boolean isQuarantined() {
    return quarantine.isActive();
  }

  /** Whether this is the digest with which the state at that slot was compared with others. */
  public boolean isCompared(long slot, long digest) {
    return !ownDigests.has(slot) || ownDigests.at(slot) == digest;
  }

  /** The quarantine of this node. */
  public Quarantine quarantine() {
    return quarantine;
  }

  /** Whether some peer's state differs from this node's. */
  public boolean hasDiverged() {
    return diverged;
  }

  /**
   * Whether the state here may be wrong: some peer's differs, and no quorum is known to have the
   * state of this node at that slot or later.
   */
  public boolean isDoubtful() {
    return doubtful || quarantine.isActive();
  }

  /**
   * The last slot at which a quorum of voters is known to have the state of this node; 0 if there
   * is none. It never falls while the node runs.
   */
  public long attested() {
    return quorumDigest.slot();
  }

  /** How many digests of peers were compared. */
  public long compared() {
    return compared.get();
  }

  /** How many of them differed. */
  public long unequal() {
    return unequal.get();
  }

  /** The digest of the formation, once the cluster is formed. */
  void setFormation(long digest) {
    formation = digest;
  }

  /** The memberships of the cluster, once it is formed. */
  void setMemberships(Memberships now) {
    memberships = now;
    quorumDigest.setMemberships(now);
  }

  /** The state just after this slot has this digest. */
  public void onApplied(long slot, long digest) {
    if (slot <= ownDigests.newest()) {
      return;
    }
    ownDigests.add(slot, digest);
    peerDigests.forEach(slot, (peer, claim) -> compare(peer, slot, claim));
    Long attested = quorumDigest.onApplied(slot);
    if (attested != null) {
      attest(slot, attested);
    }
  }

  /**
   * The state was replaced by a snapshot. That is taken only once a quorum has the state; a node in
   * quarantine compares it all the same, and forgets the digests of its wrong state.
   */
  void restored(long slot, long digest) {
    boolean trusted = !quarantine.isActive();
    if (!trusted) {
      ownDigests.restart(slot);
    }
    onApplied(slot, digest);
    if (trusted) {
      quorumDigest.raise(slot);
    }
  }

  /** Whether a quorum has the new state, since everything chosen was applied to it. */
  public boolean isMended(boolean behind) {
    return behind ? quarantine.isMended() : quarantine.attested(quorumDigest.slot());
  }

  /** Ends the quarantine. */
  public void endQuarantine() {
    quarantine.end(nowNanos);
    long slot = ownDigests.newest();
    observer.observe(new Observation.Occurred(new Event.StateRenewed(slot, ownDigests.at(slot))));
  }

  /** A peer sent a digest. */
  public void onDigest(Input.Received received, Message.StateDigest message) {
    int from = received.from();
    if (formation == 0 || received.formation() != formation || !self.peers().contains(from)) {
      return;
    }
    quarantine.onDigest(from, message);
    boolean applied = ownDigests.has(message.slot());
    if (applied || message.slot() > ownDigests.newest()) {
      PeerDigests.Claim claim = new PeerDigests.Claim(message.digest(), received.member());
      boolean again = peerDigests.put(from, message.slot(), claim);
      if (applied) {
        compare(from, message.slot(), claim);
      }
      if (message.attestedSlot() < message.slot()) {
        confirm(from, message, again);
      }
    }
    if (message.attestedSlot() > ownDigests.newest()) {
      quorumDigest.onDigest(message);
    } else if (message.attestedSlot() > 0 && ownDigests.has(message.attestedSlot())) {
      attest(message.attestedSlot(), message.attestedDigest());
    }
  }

  /** In a turn without a step of the replica, handles only these messages. */
  public void onStalled(long now, List<Input> inputs) {
    turn(now);
    for (Input input : inputs) {
      if (input instanceof Input.Received received
          && received.message() instanceof Message.StateDigest message) {
        onDigest(received, message);
      }
    }
  }

  /**
   * Informs a peer that a quorum has its state at the slot of its message.
   *
   * @param again whether it sent that before, so that it makes no progress: a digest that a quorum
   *     has at later slots does not help it, this one does
   */
  private void confirm(int to, Message.StateDigest message, boolean again) {
    long slot = message.slot();
    if (ownDigests.has(slot) && ownDigests.at(slot) == message.digest()) {
      if (again && slot <= quorumDigest.slot()) {
        digestSender.attest(List.of(to), slot, slot, message.digest());
      }
    } else if (quarantine.isWaiting()) {
      informAgreeing(slot, message.digest());
    }
  }

  /**
   * If a quorum has this digest, which is not the one here, informs the peers that reported it: if
   * they are connected to this node alone, none of them knows that, and this node can take its
   * state anew from none of them.
   */
  private void informAgreeing(long slot, long theirs) {
    long newest = ownDigests.newest();
    if (newest > 0 && isQuorums(slot, theirs)) {
      digestSender.attest(peerDigests.agreeing(slot, theirs), newest, slot, theirs);
    }
  }

  /** Queues the digests that are due for {@link #messages}. */
  void turn(long now) {
    long newest = ownDigests.newest();
    nowNanos = now;
    long since = now - sentAtNanos;
    if (newest > 0
        && (since >= SEND_NANOS || (newest - sentSlot >= SEND_SLOTS && since >= paceNanos))) {
      sentAtNanos = now;
      // Normally the newest. A peer in quarantine cannot compare digests with those of its own
      // state, but only digests of the same slot with each other.
      sentSlot = diverged ? ownDigests.mostAligned(sentSlot) : newest;
      send(sentSlot);
    }
    if (!differing.isEmpty()) {
      differing.values().removeIf(last -> now - last.atNanos() > SILENT_NANOS && isOutvoted(last));
      evaluate();
    }
  }

  /** Peers should soon receive the digest of this node at this slot, which it applied lately. */
  public void sendSoon(long slot) {
    if (ownDigests.has(slot)) {
      send(slot);
    }
  }

  /** Whether there are messages to send. */
  public boolean hasMessages() {
    return digestSender.isWaiting();
  }

  /** The messages to send now. */
  public List<Output.Envelope> messages() {
    return digestSender.messages();
  }

  private void send(long slot) {
    digestSender.send(slot, quorumDigest.slot());
  }

  private void compare(int from, long slot, PeerDigests.Claim claim) {
    compared.incrementAndGet();
    long own = ownDigests.at(slot);
    if (claim.digest() == own) {
      differing.remove(from);
      quorumDigest.onAgreement(claim.member(), slot);
      evaluate();
      return;
    }
    unequal.incrementAndGet();
    Difference known = differing.get(from);
    differing.put(from, new Difference(known == null ? slot : known.sinceSlot(), nowNanos));
    evaluate();
    if (known == null) {
      observer.observe(
          new Observation.Occurred(new Event.StateDiverged(from, slot, own, claim.digest())));
    }
    if (slot > contradicted) {
      // Once for each slot: the others answer with theirs, if they have not sent it yet.
      contradicted = slot;
      send(slot);
    }
    quarantineIfOutvoted(slot, claim.digest());
  }

  private void evaluate() {
    diverged = !differing.isEmpty();
    doubtful = !differing.values().stream().allMatch(this::isOutvoted);
  }

  /** Whether a quorum has the state of this node where that peer's differs. */
  private boolean isOutvoted(Difference difference) {
    return difference.sinceSlot() <= quorumDigest.slot();
  }

  /** A quorum has this digest at the slot, as a peer reports. */
  private void attest(long slot, long theirs) {
    if (ownDigests.at(slot) == theirs) {
      quorumDigest.raise(slot);
      evaluate();
    } else {
      quarantine(slot, theirs);
    }
  }

  /** Whether a quorum of peers claims this digest at the slot. */
  private boolean isQuorums(long slot, long digest) {
    return memberships != null && peerDigests.hasQuorum(memberships.of(slot + 1), slot, digest);
  }

  /** Quarantines this node if a majority has this other digest at the slot. */
  private void quarantineIfOutvoted(long slot, long theirs) {
    if (isQuorums(slot, theirs)) {
      quarantine(slot, theirs);
    }
  }

  private void quarantine(long slot, long theirs) {
    if (quarantine.begin(nowNanos)) {
      observer.observe(
          new Observation.Occurred(new Event.Quarantined(slot, ownDigests.at(slot), theirs)));
    }
  }
}
