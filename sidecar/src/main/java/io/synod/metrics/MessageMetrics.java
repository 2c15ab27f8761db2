package io.synod.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.synod.paxos.value.Message;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts messages by type, direction and peer. All series are created at construction. */
final class MessageMetrics {
  private static final Map<Class<? extends Message>, String> TYPES =
      Map.ofEntries(
          Map.entry(Message.Greeting.class, "greeting"),
          Map.entry(Message.Heartbeat.class, "heartbeat"),
          Map.entry(Message.HeartbeatAck.class, "heartbeat_ack"),
          Map.entry(Message.Prepare.class, "prepare"),
          Map.entry(Message.Promise.class, "promise"),
          Map.entry(Message.Accept.class, "accept"),
          Map.entry(Message.Accepted.class, "accepted"),
          Map.entry(Message.Reject.class, "reject"),
          Map.entry(Message.Chosen.class, "chosen"),
          Map.entry(Message.LearnRequest.class, "learn_request"),
          Map.entry(Message.Learned.class, "learned"),
          Map.entry(Message.Forward.class, "forward"),
          Map.entry(Message.ReadAsk.class, "read_ask"),
          Map.entry(Message.ReadAnswer.class, "read_answer"),
          Map.entry(Message.ReadProbe.class, "read_probe"),
          Map.entry(Message.ReadProbeAck.class, "read_probe_ack"),
          Map.entry(Message.TakeOver.class, "take_over"),
          Map.entry(Message.StateDigest.class, "state_digest"),
          Map.entry(Message.VoteAsk.class, "vote_ask"),
          Map.entry(Message.VoteAnswer.class, "vote_answer"),
          Map.entry(Message.Trimmed.class, "trimmed"),
          Map.entry(Message.SnapshotAsk.class, "snapshot_ask"),
          Map.entry(Message.SnapshotPage.class, "snapshot_page"));

  private final Map<Integer, Map<Class<?>, Counter.Child>> sent = new HashMap<>();
  private final Map<Integer, Map<Class<?>, Counter.Child>> received = new HashMap<>();

  MessageMetrics(NodeLabels identity, CollectorRegistry registry) {
    Counter messages =
        Counter.build("synod_messages", "Messages between peers, by type, direction and peer.")
            .labelNames("type", "direction", "peer")
            .withoutExemplars()
            .register(registry);
    identity
        .peers()
        .forEach(
            (node, name) -> {
              sent.put(node, children(messages, "sent", name));
              received.put(node, children(messages, "received", name));
            });
  }

  /** The label of each type of message. */
  static Map<Class<? extends Message>, String> types() {
    return TYPES;
  }

  private static Map<Class<?>, Counter.Child> children(
      Counter messages, String direction, String peer) {
    Map<Class<?>, Counter.Child> children = new HashMap<>();
    TYPES.forEach((type, label) -> children.put(type, messages.labels(label, direction, peer)));
    return children;
  }

  void sent(int to, Message message) {
    count(sent.get(to), message);
  }

  void received(int from, Message message) {
    count(received.get(from), message);
  }

  /** Counts a message, unless it is from or to this node itself or an unknown node. */
  private static void count(@Nullable Map<Class<?>, Counter.Child> children, Message message) {
    if (children == null) {
      return;
    }
    Counter.Child child = children.get(message.getClass());
    if (child != null) {
      child.inc();
    }
  }
}
