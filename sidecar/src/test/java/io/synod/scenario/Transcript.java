package io.synod.scenario;

import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.runtime.engine.ClusterListener;
import io.synod.runtime.engine.DirectedLink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Records the actions of the nodes of a scenario, one line each, in order. */
final class Transcript implements ClusterListener {
  /** Periodic messages, which are left out. */
  private static final Set<Class<?>> USUAL =
      Set.of(
          Message.Heartbeat.class,
          Message.HeartbeatAck.class,
          Message.Greeting.class,
          Message.StateDigest.class);

  /** What is seen from a message or a write. */
  private static final Set<Class<?>> SEEN_OTHERWISE =
      Set.of(
          Event.Proposed.class,
          Event.Promised.class,
          Event.PromiseReceived.class,
          Event.Accepted.class,
          Event.AcceptedReceived.class,
          Event.RefusalReceived.class,
          Event.Refused.class);

  private final Phrases phrases = new Phrases();
  private final Map<DirectedLink, Message> greetingsSeen = new HashMap<>();
  private List<String> lines = new ArrayList<>();
  private boolean silent;
  private boolean greetings;

  /** What was written down since the last call. */
  List<String> take() {
    List<String> taken = lines;
    lines = new ArrayList<>();
    return taken;
  }

  /** Whether nothing is written down from now on. */
  void silence(boolean now) {
    silent = now;
  }

  /** Greetings that say something new are written down too. */
  void tellGreetings() {
    greetings = true;
  }

  void add(String line) {
    if (!silent) {
      lines.add(line);
    }
  }

  void delivered(Message message) {
    if (!USUAL.contains(message.getClass())) {
      add("delivered: " + phrases.record((Record) message));
    }
  }

  @Override
  public void sent(DirectedLink link, Message message, Fate fate) {
    if (!USUAL.contains(message.getClass()) || isNews(link, message)) {
      String what = phrases.record((Record) message);
      add(link.from() + " -> " + link.to() + "  " + what + fate(fate));
    }
  }

  /** Whether it is a greeting that says something else than the one before it. */
  private boolean isNews(DirectedLink link, Message message) {
    return greetings
        && message instanceof Message.Greeting
        && !message.equals(greetingsSeen.put(link, message));
  }

  private static String fate(Fate fate) {
    return switch (fate) {
      case CARRIED -> "";
      case CUT -> "  (cut off)";
      case LOST -> "  (lost)";
      case HELD -> "  (held)";
      case COPIED -> "  (copied)";
    };
  }

  @Override
  public void wrote(int node, Write write) {
    add(node + " writes " + phrases.record((Record) write));
  }

  @Override
  public void happened(int node, Event event) {
    boolean recovered =
        event instanceof Event.Learned learned && learned.how() == Chosen.How.RECOVERY;
    if (!recovered && !SEEN_OTHERWISE.contains(event.getClass())) {
      add(node + " * " + phrases.record((Record) event));
    }
  }

  @Override
  public void installed(int node, SnapshotMark mark) {
    add(node + " installs the snapshot of slot " + mark.slot());
  }

  @Override
  public void crashed(int node) {
    add(node + " loses its power before the sync, and what it wrote");
  }
}
