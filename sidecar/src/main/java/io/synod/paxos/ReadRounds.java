package io.synod.paxos;

import java.util.ArrayList;
import java.util.List;

/**
 * Confirms, for strong reads, that a leader is still the highest that a quorum promised.
 *
 * <p>A round serves exactly the reads that had arrived when it began; its number is used once, for
 * one leader's ballot. Its index is the chosen prefix at its beginning: everything acknowledged
 * before any of its reads is within it, since the leader learns of a quorum first.
 */
final class ReadRounds {
  private static final int ROUND_MAX = 100_000;

  private final Ballot ballot;
  private final Formation formation;
  private final Outbox out;
  private List<Asker> waiting = new ArrayList<>();
  private List<Asker> served = new ArrayList<>();
  private Tally tally;
  private long round;
  private long slot;
  private long startedAtNanos;

  /** A read that waits: whose it is, and whom to tell. */
  record Asker(int via, int origin, long id) {}

  ReadRounds(Ballot ballot, Formation formation, Outbox out) {
    this.ballot = ballot;
    this.formation = formation;
    this.out = out;
    this.tally = new Tally(formation);
  }

  void ask(Asker asker) {
    // A read beyond the bound is not answered; its asker asks again or gives up.
    if (waiting.size() < ROUND_MAX) {
      waiting.add(asker);
    }
  }

  /** Begins a round if reads wait and none is under way. */
  void begin(long nowNanos, long chosenThrough) {
    if (!served.isEmpty() || waiting.isEmpty()) {
      return;
    }
    served = waiting;
    waiting = new ArrayList<>();
    tally = new Tally(formation);
    round++;
    slot = chosenThrough;
    probe(nowNanos);
  }

  /** Asks again whoever did not answer. */
  void resend(long nowNanos, long afterNanos) {
    if (!served.isEmpty() && nowNanos - startedAtNanos >= afterNanos) {
      probe(nowNanos);
    }
  }

  /** Whether no read waits for an answer. */
  boolean isIdle() {
    return served.isEmpty();
  }

  /** A voter still stands by this leader's ballot; {@code self} is this node. */
  void acked(int from, long ackedRound, int self) {
    if (served.isEmpty() || ackedRound != round) {
      return;
    }
    tally.add(from);
    if (!tally.isQuorum()) {
      return;
    }
    for (Asker asker : served) {
      if (asker.origin() == self) {
        out.read(asker.id(), slot);
      } else {
        out.say(asker.via(), new Message.ReadAnswer(asker.origin(), asker.id(), slot));
      }
    }
    served = new ArrayList<>();
  }

  private void probe(long nowNanos) {
    startedAtNanos = nowNanos;
    for (int voter : formation.voters().keySet()) {
      if (!tally.has(voter)) {
        out.say(voter, new Message.ReadProbe(ballot, round));
      }
    }
  }
}
