package io.synod.paxos;

import io.synod.paxos.value.Check;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Origin;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.Write;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Forms the cluster: all voters exchange greetings once and agree on the incarnations of their
 * disks.
 *
 * <p>A disk agrees to one formation only, durably, before it sends that; the cluster is formed once
 * every voter has agreed to the same. So there can never be two formations with a voter in common,
 * and a node that lost its disk finds that the others know another incarnation of it: it learns,
 * and votes only once the log has a membership with its new disk.
 *
 * <p>A disk agrees only with disks of the same {@link Origin}: a voter that was restored from a
 * backup holds the slots of its state as chosen, and one with an empty disk would choose them
 * again. For the same reason a restored disk joins no formed cluster of another origin; an empty
 * disk may join any, since it learns everything.
 */
final class Bootstrap {
  private final Self self;
  private final Outbox out;
  private final Map<Integer, Message.Greeting> greetings = new HashMap<>();
  // [DURABLE] Invariant: set once, except when it turns out that a cluster formed without this
  // disk.
  private @Nullable Formation agreed;
  private boolean formed;
  private final Origin origin;

  Bootstrap(Self self, Recovered recovered, Outbox out) {
    this.self = self;
    this.out = out;
    this.origin = recovered.origin();
    this.agreed = recovered.agreed();
    this.formed = recovered.formed();
  }

  /** The formation, once the cluster is formed. */
  @Nullable Formation formation() {
    return formed ? agreed : null;
  }

  /** Sends greetings to all nodes while the cluster is not formed. */
  void sendGreetings() {
    tryForm();
    if (!formed) {
      for (int peer : self.peers()) {
        out.send(peer, greeting());
      }
    }
  }

  /** Handles a greeting, and answers a sender that is not formed. */
  void onGreeting(int from, Message.Greeting greeting) {
    if (!greeting.formed()) {
      if (formed) {
        out.send(from, greeting());
      } else {
        greetings.put(from, greeting);
        tryForm();
      }
      return;
    }
    Formation theirs = greeting.agreed();
    if (!formed && theirs != null && (origin.isEmpty() || origin.equals(theirs.origin()))) {
      if (!theirs.equals(agreed)) {
        agreed = theirs;
        out.write(new Write.Agreed(theirs));
      }
      markFormed();
    }
  }

  /** The greeting of this node. */
  Message.Greeting greeting() {
    Formation own = agreed;
    return new Message.Greeting(
        self.incarnation(), own == null ? origin : own.origin(), own, formed);
  }

  private void tryForm() {
    if (formed || !self.voters().contains(self.node())) {
      return;
    }
    if (agreed == null) {
      agree();
    }
    if (agreed != null && allAgree(agreed)) {
      markFormed();
    }
  }

  private void agree() {
    Check.that(agreed == null, "a disk agrees to one formation");
    SortedMap<Integer, Long> voters = new TreeMap<>();
    voters.put(self.node(), self.incarnation());
    for (int voter : self.voters()) {
      Message.Greeting greeting = greetings.get(voter);
      if (greeting != null && greeting.origin().equals(origin)) {
        voters.put(voter, greeting.incarnation());
      }
    }
    if (voters.size() == self.voters().size()) {
      Formation proposed = new Formation(voters, origin);
      agreed = proposed;
      out.write(new Write.Agreed(proposed));
    }
  }

  private boolean allAgree(Formation formation) {
    for (int voter : self.voters()) {
      Message.Greeting greeting = greetings.get(voter);
      boolean agrees = greeting != null && formation.equals(greeting.agreed());
      if (voter != self.node() && !agrees) {
        return false;
      }
    }
    return true;
  }

  private void markFormed() {
    Check.that(!formed, "a cluster forms once");
    Check.that(agreed != null, "a node forms a cluster that it agreed to");
    formed = true;
    out.write(new Write.Formed());
    greetings.clear();
  }
}
