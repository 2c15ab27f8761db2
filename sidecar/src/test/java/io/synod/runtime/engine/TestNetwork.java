package io.synod.runtime.engine;

import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** The links of an in-memory cluster. By default they deliver messages at once. */
final class TestNetwork {
  private final TestClock clock;
  // By receiver and time of arrival.
  private final Map<Integer, TreeMap<Long, List<Input>>> transit = new HashMap<>();
  private final Map<Integer, Integer> levels = new HashMap<>();
  private final List<InTransit> held = new ArrayList<>();
  private Predicate<DirectedLink> cut = link -> false;
  private ToLongFunction<DirectedLink> delayMillis = link -> 0;
  private BiPredicate<DirectedLink, Message> loss = (link, message) -> false;
  private BiPredicate<DirectedLink, Message> hold = (link, message) -> false;

  private BiPredicate<DirectedLink, Message> copy = (link, message) -> false;

  private record InTransit(DirectedLink link, Input.Received received) {}

  TestNetwork(TestClock clock) {
    this.clock = clock;
  }

  /** Connects the node, and reports to all others the highest level that it supports. */
  void connect(int node, int supportedLevel) {
    transit.put(node, new TreeMap<>());
    levels.put(node, supportedLevel);
  }

  /** The level that a connected node reported; 0 if it is not connected. */
  int supportedLevel(int node) {
    return levels.getOrDefault(node, 0);
  }

  /** Disconnects the node; messages in flight to it are lost. */
  void disconnect(int node) {
    transit.remove(node);
    levels.remove(node);
  }

  void cut(Predicate<DirectedLink> links) {
    cut = links;
  }

  void delay(ToLongFunction<DirectedLink> millis) {
    delayMillis = millis;
  }

  void lose(BiPredicate<DirectedLink, Message> which) {
    loss = which;
  }

  void hold(BiPredicate<DirectedLink, Message> which) {
    hold = which;
  }

  void copy(BiPredicate<DirectedLink, Message> which) {
    copy = which;
  }

  /** Delivers the matching held messages, in the order in which they were sent. */
  List<Message> release(BiPredicate<DirectedLink, Message> which) {
    List<InTransit> chosen = new ArrayList<>();
    for (InTransit one : held) {
      if (which.test(one.link, one.received.message())) {
        chosen.add(one);
      }
    }
    held.removeAll(chosen);
    chosen.forEach(one -> deliver(one.link, one.received));
    return chosen.stream().map(one -> one.received.message()).toList();
  }

  /** Sends a message, and returns its fate. */
  ClusterListener.Fate send(DirectedLink link, Input.Received received) {
    if (!transit.containsKey(link.to()) || cut.test(link)) {
      return ClusterListener.Fate.CUT;
    }
    if (loss.test(link, received.message())) {
      return ClusterListener.Fate.LOST;
    }
    if (hold.test(link, received.message())) {
      held.add(new InTransit(link, received));
      return ClusterListener.Fate.HELD;
    }
    deliver(link, received);
    if (copy.test(link, received.message())) {
      held.add(new InTransit(link, received));
      return ClusterListener.Fate.COPIED;
    }
    return ClusterListener.Fate.CARRIED;
  }

  private void deliver(DirectedLink link, Input.Received received) {
    TreeMap<Long, List<Input>> arriving = transit.get(link.to());
    if (arriving != null) {
      long atNanos = clock.nanos() + delayMillis.applyAsLong(link) * TestClock.MILLIS;
      arriving.computeIfAbsent(atNanos, any -> new ArrayList<>()).add(received);
    }
  }

  /** The messages that have arrived at the node by now. */
  List<Input> arrived(int node) {
    TreeMap<Long, List<Input>> arriving = transit.getOrDefault(node, new TreeMap<>());
    List<Input> arrived = new ArrayList<>();
    while (!arriving.isEmpty() && arriving.firstKey() <= clock.nanos()) {
      arrived.addAll(arriving.pollFirstEntry().getValue());
    }
    return arrived;
  }
}
