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
  private final Map<Integer, Heard> heard = new TreeMap<>();
  private List<Integer> suspects = List.of();
  private long suspectedAtNanos;
  private List<Integer> told = List.of();
  private boolean certain;

  private record Heard(Message.Greeting greeting, long atNanos) {}

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
  boolean hears(int peer, long nowNanos) {
    Heard last = heard.get(peer);
    return last != null && isLately(last, nowNanos);
  }

  /** Handles a greeting, while this node is not formed. */
  void greeted(long nowNanos, int from, Message.Greeting greeting) {
    heard.put(from, new Heard(greeting, nowNanos));
  }

  /** Evaluates the last greetings of all voters. */
  void look(long nowNanos, Message.Greeting own) {
    heard.put(self.node(), new Heard(own, nowNanos));
    List<Integer> now = everyVoterIsUnformed(nowNanos) ? replaced() : List.of();
    if (!now.equals(suspects)) {
      suspects = now;
      suspectedAtNanos = nowNanos;
    }
    certain = nowNanos - suspectedAtNanos >= settings.electionTimeoutNanos();
    if (certain && !suspects.isEmpty() && !suspects.equals(told)) {
      told = suspects;
      out.event(new Event.FormationBlocked(suspects));
    }
  }

  private boolean everyVoterIsUnformed(long nowNanos) {
    for (int voter : self.voters()) {
      Heard last = heard.get(voter);
      if (last == null || !isLately(last, nowNanos) || last.greeting.formed()) {
        return false;
      }
    }
    return true;
  }

  private boolean isLately(Heard last, long nowNanos) {
    return nowNanos - last.atNanos <= settings.electionTimeoutNanos();
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
    Heard theirs = heard.get(other);
    Heard its = heard.get(voter);
    Formation agreed = theirs == null ? null : theirs.greeting.agreed();
    return agreed == null || its == null || agreed.isVoter(voter, its.greeting.incarnation());
  }
}
