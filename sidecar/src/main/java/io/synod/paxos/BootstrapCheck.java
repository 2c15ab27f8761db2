package io.synod.paxos;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Detects that the cluster can never form. Either a voter lost its disk after others had agreed to
 * that disk, and no voter agrees twice; or some voters were restored from a backup and the others
 * were not, or from another one, and a voter agrees only with voters of its {@link Origin}.
 *
 * <p>It reports this only once every voter has lately answered that it is not formed, and nothing
 * has changed for an election time-out: a voter that does not answer may be formed and hold chosen
 * slots.
 */
final class BootstrapCheck {
  private final Self self;
  private final Settings settings;
  private final Map<Integer, ReceivedGreeting> greetings = new TreeMap<>();
  private final Suspicion replaced;
  private final Suspicion otherOrigins;

  private record ReceivedGreeting(Message.Greeting greeting, long receivedAtNanos) {}

  BootstrapCheck(Self self, Settings settings, Outbox out) {
    this.self = self;
    this.settings = settings;
    this.replaced = new Suspicion(settings, out, Event.FormationBlocked::new);
    this.otherOrigins = new Suspicion(settings, out, Event.OriginsDiffer::new);
  }

  /** Voters that prevent the formation, once that is certain. */
  private static final class Suspicion {
    private final Settings settings;
    private final Outbox out;
    private final Function<List<Integer>, Event> report;
    private List<Integer> suspects = List.of();
    private long suspectedAtNanos;
    private List<Integer> reported = List.of();
    private boolean certain;

    Suspicion(Settings settings, Outbox out, Function<List<Integer>, Event> report) {
      this.settings = settings;
      this.out = out;
      this.report = report;
    }

    void update(long nowNanos, List<Integer> now) {
      if (!now.equals(suspects)) {
        suspects = now;
        suspectedAtNanos = nowNanos;
      }
      certain = nowNanos - suspectedAtNanos >= settings.electionTimeoutNanos();
      if (certain && !suspects.isEmpty() && !suspects.equals(reported)) {
        reported = suspects;
        out.event(report.apply(suspects));
      }
    }

    List<Integer> voters() {
      return certain ? suspects : List.of();
    }
  }

  /** The voters whose replaced disks prevent the formation; none unless that is certain. */
  List<Integer> replaced() {
    return replaced.voters();
  }

  /** The voters whose origins prevent the formation; none unless that is certain. */
  List<Integer> otherOrigins() {
    return otherOrigins.voters();
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
    boolean known = everyVoterIsUnformed(nowNanos);
    replaced.update(nowNanos, known ? withReplacedDisk() : List.of());
    List<Integer> others = known ? withOtherOrigin() : List.of();
    otherOrigins.update(
        nowNanos, isShutOut(nowNanos, own.origin()) ? List.of(self.node()) : others);
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
  private List<Integer> withReplacedDisk() {
    List<Integer> replacedVoters = new ArrayList<>();
    for (int voter : self.voters()) {
      for (int other : self.voters()) {
        if (!agreesTo(other, voter)) {
          replacedVoters.add(voter);
          break;
        }
      }
    }
    return replacedVoters;
  }

  private boolean agreesTo(int other, int voter) {
    ReceivedGreeting theirs = greetings.get(other);
    ReceivedGreeting its = greetings.get(voter);
    Formation agreed = theirs == null ? null : theirs.greeting.agreed();
    return agreed == null || its == null || agreed.isVoter(voter, its.greeting.incarnation());
  }

  /** Whether this disk was restored, and the cluster has formed of disks with another origin. */
  private boolean isShutOut(long nowNanos, Origin own) {
    for (ReceivedGreeting last : greetings.values()) {
      boolean other = last.greeting.formed() && !last.greeting.origin().equals(own);
      if (!own.isEmpty() && other && isRecent(last, nowNanos)) {
        return true;
      }
    }
    return false;
  }

  /** The voters without the origin that most of the restored voters have. */
  private List<Integer> withOtherOrigin() {
    Map<Origin, Integer> counts = new LinkedHashMap<>();
    for (int voter : self.voters()) {
      counts.merge(originOf(voter), 1, Integer::sum);
    }
    Origin most = Origin.EMPTY;
    for (Map.Entry<Origin, Integer> each : counts.entrySet()) {
      boolean more = most.isEmpty() || each.getValue() > counts.getOrDefault(most, 0);
      most = !each.getKey().isEmpty() && more ? each.getKey() : most;
    }
    List<Integer> others = new ArrayList<>();
    for (int voter : self.voters()) {
      if (!originOf(voter).equals(most)) {
        others.add(voter);
      }
    }
    return others;
  }

  private Origin originOf(int voter) {
    ReceivedGreeting last = greetings.get(voter);
    return last == null ? Origin.EMPTY : last.greeting.origin();
  }
}
