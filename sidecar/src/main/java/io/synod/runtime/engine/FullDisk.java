package io.synod.runtime.engine;

import io.synod.paxos.Self;
import io.synod.paxos.View;
import io.synod.paxos.value.Check;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.runtime.node.NodeView;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node does while its disk has no room for the next file of the log. Nothing that was
 * written is in doubt then, so the process goes on, in two steps.
 *
 * <p>Once the file in use is nearly full, what is left of it is kept for what is small: promises,
 * votes of its own and marks of what was applied. The node takes no slots from peers, nor proposals
 * from callers, and does not lead. Everything else goes on.
 *
 * <p>Should that file become full all the same, what the core decided last waits for room, and with
 * it every vow that rests on it. Until then the core hears nothing and says nothing, like that of a
 * node whose disk hangs: what peers send is lost, and callers are refused. Snapshots of what was
 * applied before go on, and so does the comparison of its digests.
 *
 * <p>The loop's thread owns it.
 */
final class FullDisk {
  private final NodePorts ports;
  private final Self self;
  private @Nullable DeferredTurn deferred;
  private boolean full;
  private boolean stalled;
  // Whether something that peers sent was not taken.
  private boolean missed;
  // Whether the core was told that there is no room.
  private boolean told;

  /**
   * What was decided in a turn, and waits to be written before it is vowed and published.
   *
   * @param view what the core believed then
   */
  record DeferredTurn(Output output, View view) {}

  /** There is room as far as is known. */
  FullDisk(NodePorts ports, Self self) {
    this.ports = ports;
    this.self = self;
  }

  /** A turn begins. Returns whether the core may be stepped: nothing waits to be written. */
  boolean mayStep() {
    stalled = !ports.journal().append(List.of());
    full = stalled || ports.journal().isFull();
    missed |= stalled;
    return !stalled;
  }

  /** Whether the core was not stepped in this turn, for what it decided before waits. */
  boolean isStalled() {
    return stalled;
  }

  /** Whether the node shall take nothing large, and not lead. */
  boolean isFull() {
    return full;
  }

  /** What is known of whether commands are chosen. */
  NodeView nodeView(View view) {
    return NodeView.of(view, full);
  }

  /** Of what arrived, what the core shall hear. */
  List<Input> admit(List<Input> inputs) {
    if (!full && !missed && !told) {
      return inputs;
    }
    List<Input> admitted = new ArrayList<>();
    admitted.add(new Input.Full(full));
    told = full;
    if (!full && missed) {
      missed = false;
      // It is as if it had been lost with a connection.
      self.peers().forEach(peer -> admitted.add(new Input.Reconnected(peer)));
    }
    for (Input input : inputs) {
      if (full && isLarge(input)) {
        missed = true;
      } else {
        admitted.add(input);
      }
    }
    return admitted;
  }

  private static boolean isLarge(Input input) {
    return input instanceof Input.Received received
        && (received.message() instanceof Message.Accept
            || received.message() instanceof Message.Learned);
  }

  /** Returns once it is durable; false if it waits for room, and then all of it is held. */
  boolean write(Output output, View view) {
    Check.that(deferred == null, "what was decided before is written");
    Check.that(
        output.mustSync() || output.writes().isEmpty(), "every write is synced in its own turn");
    if (!output.writes().isEmpty()) {
      ports.journal().append(output.writes());
    }
    if (!output.mustSync()) {
      return true;
    }
    long syncNanos = ports.clock().nanos();
    boolean written = ports.journal().sync();
    ports
        .observer()
        .observe(new Observation.Synced(output.writes().size(), ports.clock().nanos() - syncNanos));
    deferred = written ? null : new DeferredTurn(output, view);
    return written;
  }

  /** What was held and is durable now, or null. */
  @Nullable DeferredTurn release() {
    DeferredTurn written = deferred;
    if (written != null) {
      Check.that(ports.journal().sync(), "nothing waits to be written once a turn begins");
    }
    deferred = null;
    return written;
  }
}
