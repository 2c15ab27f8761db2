package io.synod.paxos;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Detects that the cluster can never form: a voter lost its disk after others had agreed to that
 * disk, and no voter agrees twice.
 *
 * <p>It reports this only once every voter has lately answered that it is not formed, and nothing
 * has changed for an election time-out: a voter that does not answer may be formed and hold chosen
 * slots.
 */
final class BootstrapCheck {
  private final Self self;
  private final Settings settings;
  private final Outbox out;
  private final Map<Integer, ReceivedGreeting> greetings = new TreeMap<>();
  private List<Integer> suspects = List.of();
  private long suspectedAtNanos;
  private List<Integer> reported = List.of();
  private boolean certain;

  private record ReceivedGreeting(Message.Greeting greeting, long receivedAtNanos) {}

  BootstrapCheck(Self self, Settings settings, Outbox out) {
    this.self = self;
    this.settings = settings;
    this.out = out;
  }

  /** The voters whose disks prevent the formation; none unless that is certain. */
  List<Integer> voters() {
    return certain ? suspects : List.of();
  }

  /** Whether this peer sent a greeting lately. */
  boolean hasRecentGreeting(int peer, long nowNanos) {
    ReceivedGreeting last = greetings.get(peer);
    return last != null && isRecent(last, nowNanos);
  }

  /** Handles a greeting, while this node is not formed. */
  void onGreeting(long nowNanos, int from, Message.Greeting greeting) {
    greetings.put(from, new ReceivedGreeting(greeting, nowNanos));
  }

  /** Evaluates the last greetings of all voters. */
  void evaluate(long nowNanos, Message.Greeting own) {
    greetings.put(self.node(), new ReceivedGreeting(own, nowNanos));
    List<Integer> now = everyVoterIsUnformed(nowNanos) ? replaced() : List.of();
    if (!now.equals(suspects)) {
      suspects = now;
      suspectedAtNanos = nowNanos;
    }
    certain = nowNanos - suspectedAtNanos >= settings.electionTimeoutNanos();
    if (certain && !suspects.isEmpty() && !suspects.equals(reported)) {
      reported = suspects;
      out.event(new Event.FormationBlocked(suspects));
    }
  }

  private boolean everyVoterIsUnformed(long nowNanos) {
    for (int voter : self.voters()) {
      ReceivedGreeting last = greetings.get(voter);
      if (last == null || !isRecent(last, nowNanos) || last.greeting.formed()) {
        return false;
      }
    }
    return true;
  }

  private boolean isRecent(ReceivedGreeting last, long nowNanos) {
    return nowNanos - last.receivedAtNanos <= settings.electionTimeoutNanos();
  }

  /** The voters whose disk differs from the one that some voter has agreed to. */
  private List<Integer> replaced() {
    List<Integer> replaced = new ArrayList<>();
    for (int voter : self.voters()) {
      for (int other : self.voters()) {
        if (!agreesTo(other, voter)) {
          replaced.add(voter);
          break;
        }
      }
    }
    return replaced;
  }

  private boolean agreesTo(int other, int voter) {
    ReceivedGreeting theirs = greetings.get(other);
    ReceivedGreeting its = greetings.get(voter);
    Formation agreed = theirs == null ? null : theirs.greeting.agreed();
    return agreed == null || its == null || agreed.isVoter(voter, its.greeting.incarnation());
  }
}
