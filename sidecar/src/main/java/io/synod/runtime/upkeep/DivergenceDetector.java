package io.synod.runtime.upkeep;

import io.synod.paxos.Self;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.Observer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Detects diverged states: compares this node's state with its peers'. Each node sends now and then
 * the digest of its state just after a slot; a node that finds another digest at that slot sends
 * its own to all, and the others answer, so that all nodes know the digest of a majority at one
 * slot. A node that knows that a quorum has its state at a slot passes that on, since a peer may
 * receive from too few voters itself. A node that differs from a majority of the voters is wrong:
 * it is quarantined for as long as it runs.
 *
 * <p>The loop's thread calls it; {@link #isQuarantined}, {@link #hasDiverged} and the counts may be
 * called by any.
 */
public final class DivergenceDetector {
  /** For how many slots digests are remembered. */
  private static final int KEPT = 1 << 14;

  /** How many claims of each peer are remembered: the latest, and those of later slots. */
  private static final int CLAIMS_MAX = 64;

  private static final long SEND_NANOS = 1_000_000_000;
  private static final int SEND_SLOTS = 64;

  /** A peer that differed and is silent for this long is dropped, if a quorum contradicts it. */
  private static final long SILENT_NANOS = 10 * SEND_NANOS;

  private final Self self;
  private final Observer observer;
  private final long paceNanos;
  private final long[] slots = new long[KEPT];
  private final long[] digests = new long[KEPT];
  private final Map<Integer, TreeMap<Long, Claim>> claims = new HashMap<>();
  private final Map<Integer, Difference> differing = new HashMap<>();
  private final QuorumDigest quorumDigest;
  private List<Output.Envelope> messages = new ArrayList<>();
  private @Nullable Formation formation;
  private long nowNanos;
  private long newest;
  private long sentAtNanos = Long.MIN_VALUE / 2;
  private long sentSlot;
  private long contradicted;
  private volatile boolean quarantined;
  private volatile boolean diverged;
  private volatile boolean doubtful;
  private final AtomicLong compared = new AtomicLong();
  private final AtomicLong unequal = new AtomicLong();

  private record Claim(long digest, boolean voter) {}

  /** A peer that differs: the first differing slot that is known, and when it last reported it. */
  private record Difference(long sinceSlot, long atNanos) {}

  /**
   * Creates it without digests.
   *
   * @param paceNanos the minimum interval between two messages to a peer
   */
  public DivergenceDetector(Self self, Observer observer, long paceNanos) {
    this.self = self;
    this.observer = observer;
    this.paceNanos = paceNanos;
    this.quorumDigest = new QuorumDigest(self);
  }

  /** Whether this node's state differs from a majority's. */
  public boolean isQuarantined() {
    return quarantined;
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
    return doubtful || quarantined;
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

  /** The cluster is formed. */
  public void onFormed(Formation now) {
    formation = now;
    quorumDigest.onFormed(now);
  }

  /** The state just after this slot has this digest. */
  public void onApplied(long slot, long digest) {
    if (slot <= newest) {
      return;
    }
    newest = slot;
    slots[(int) (slot % KEPT)] = slot;
    digests[(int) (slot % KEPT)] = digest;
    for (Map.Entry<Integer, TreeMap<Long, Claim>> peer : claims.entrySet()) {
      Claim claim = peer.getValue().get(slot);
      if (claim != null) {
        compare(peer.getKey(), slot, claim);
      }
    }
    Long attested = quorumDigest.onApplied(slot);
    if (attested != null) {
      attest(slot, attested);
    }
  }

  /** The state was replaced by a snapshot, which is taken only once a quorum has it. */
  void restored(long slot, long digest) {
    onApplied(slot, digest);
    quorumDigest.raise(slot);
  }

  /** A peer sent a digest. */
  public void onDigest(Input.Received received, Message.StateDigest message) {
    Formation formed = formation;
    int from = received.from();
    if (formed == null || received.formation() != formed.digest() || !self.peers().contains(from)) {
      return;
    }
    Claim claim = new Claim(message.digest(), formed.isVoter(from, received.incarnation()));
    boolean applied = hasDigest(message.slot());
    boolean again = (message.slot() > newest || applied) && record(from, message.slot(), claim);
    if (again && applied && message.attestedSlot() < message.slot()) {
      confirm(from, message.slot(), message.digest());
    }
    if (message.attestedSlot() > newest) {
      quorumDigest.onDigest(message);
    } else if (message.attestedSlot() > 0 && hasDigest(message.attestedSlot())) {
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

  /** Notes a claim of a peer; returns whether there was one for this slot before. */
  private boolean record(int from, long slot, Claim claim) {
    TreeMap<Long, Claim> theirs = claims.computeIfAbsent(from, any -> new TreeMap<>());
    boolean again = theirs.put(slot, claim) != null;
    if (theirs.size() > CLAIMS_MAX) {
      theirs.pollFirstEntry();
    }
    if (slot <= newest) {
      compare(from, slot, claim);
    }
    return again;
  }

  /**
   * Answers a peer that makes no progress: a digest that a quorum has at later slots does not help
   * it, this one does.
   */
  private void confirm(int to, long slot, long theirs) {
    if (slot <= quorumDigest.slot() && theirs == digest(slot)) {
      Message message = new Message.StateDigest(slot, theirs, slot, theirs);
      messages.add(new Output.Envelope(to, message));
    }
  }

  /** Queues the digests that are due for {@link #messages}. */
  void turn(long now) {
    nowNanos = now;
    long since = now - sentAtNanos;
    if (newest > 0
        && (since >= SEND_NANOS || (newest - sentSlot >= SEND_SLOTS && since >= paceNanos))) {
      sentAtNanos = now;
      sentSlot = newest;
      send(newest);
    }
    if (!differing.isEmpty()) {
      differing.values().removeIf(last -> now - last.atNanos() > SILENT_NANOS && isOutvoted(last));
      evaluate();
    }
  }

  /** Peers should soon receive the digest of this node at this slot, which it applied lately. */
  public void sendSoon(long slot) {
    if (hasDigest(slot)) {
      send(slot);
    }
  }

  /** Whether there are messages to send. */
  public boolean hasMessages() {
    return !messages.isEmpty();
  }

  /** The messages to send now. */
  public List<Output.Envelope> messages() {
    List<Output.Envelope> sent = messages;
    if (!sent.isEmpty()) {
      messages = new ArrayList<>();
    }
    return sent;
  }

  private boolean hasDigest(long slot) {
    return slots[(int) (slot % KEPT)] == slot;
  }

  private long digest(long slot) {
    return digests[(int) (slot % KEPT)];
  }

  private void send(long slot) {
    long attested = quorumDigest.slot();
    Message message =
        hasDigest(attested)
            ? new Message.StateDigest(slot, digest(slot), attested, digest(attested))
            : new Message.StateDigest(slot, digest(slot), 0, 0);
    self.peers().forEach(peer -> messages.add(new Output.Envelope(peer, message)));
  }

  private void compare(int from, long slot, Claim claim) {
    compared.incrementAndGet();
    long own = digest(slot);
    if (claim.digest() == own) {
      differing.remove(from);
      if (claim.voter()) {
        quorumDigest.onAgreement(from, slot);
      }
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
    if (digest(slot) == theirs) {
      quorumDigest.raise(slot);
      evaluate();
    } else {
      quarantine(slot, theirs);
    }
  }

  /** Quarantines this node if a majority has this other digest at the slot. */
  private void quarantineIfOutvoted(long slot, long theirs) {
    int agreeing = 0;
    for (TreeMap<Long, Claim> peer : claims.values()) {
      Claim claim = peer.get(slot);
      agreeing += claim != null && claim.voter() && claim.digest() == theirs ? 1 : 0;
    }
    Formation formed = formation;
    if (formed != null && agreeing >= formed.quorum()) {
      quarantine(slot, theirs);
    }
  }

  private void quarantine(long slot, long theirs) {
    if (!quarantined) {
      quarantined = true;
      observer.observe(new Observation.Occurred(new Event.Quarantined(slot, digest(slot), theirs)));
    }
  }
}
