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
 * The behaviour of a node while its disk has no space for the next file of the log. Everything
 * written remains valid, so the process continues, in two degrees.
 *
 * <p>Once the file in use is nearly full, its remainder is reserved for small records: promises,
 * acceptances of its own proposals and marks of applied slots. The node accepts no slots from peers
 * and no proposals from callers, and does not lead. Everything else continues.
 *
 * <p>If that file becomes full all the same, the core's last decisions wait for space, and with
 * them every message after sync. Until then the core receives and sends nothing, as on a node whose
 * disk hangs: messages of peers are dropped, and callers are refused. Snapshots of what was applied
 * before continue, and so does the comparison of its digests.
 *
 * <p>The loop's thread owns it.
 */
final class FullDisk {
  private final NodePorts ports;
  private final Self self;
  private @Nullable DeferredTurn deferred;
  private boolean full;
  private boolean stalled;
  // Whether a message of a peer was not passed to the core.
  private boolean missed;
  // Whether the core was informed that the disk has no space.
  private boolean reportedFull;

  /**
   * The decisions of a turn that wait to be written, before they are sent and published.
   *
   * @param view the view of the core at that time
   */
  record DeferredTurn(Output output, View view) {}

  /** Starts with the assumption that there is space. */
  FullDisk(NodePorts ports, Self self) {
    this.ports = ports;
    this.self = self;
  }

  /** Begins a turn. Returns whether the core may be stepped: nothing waits to be written. */
  boolean mayStep() {
    stalled = !ports.journal().append(List.of());
    full = stalled || ports.journal().isFull();
    missed |= stalled;
    return !stalled;
  }

  /** Whether the core was not stepped in this turn, since its earlier decisions wait. */
  boolean isStalled() {
    return stalled;
  }

  /** Whether the node must accept nothing large, and not lead. */
  boolean isFull() {
    return full;
  }

  /** The view with the availability that follows from it. */
  NodeView nodeView(View view) {
    return NodeView.of(view, full);
  }

  /** The inputs that are passed to the core. */
  List<Input> admit(List<Input> inputs) {
    if (!full && !missed && !reportedFull) {
      return inputs;
    }
    List<Input> admitted = new ArrayList<>();
    admitted.add(new Input.Full(full));
    reportedFull = full;
    if (!full && missed) {
      missed = false;
      // For the core, the dropped messages were lost with a connection.
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

  /** Writes and syncs the output; false if it waits for space, and then all of it is deferred. */
  boolean write(Output output, View view) {
    Check.that(deferred == null, "earlier decisions are written first");
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

  /** The deferred turn that is durable now, or null. */
  @Nullable DeferredTurn release() {
    DeferredTurn written = deferred;
    if (written != null) {
      Check.that(ports.journal().sync(), "nothing waits to be written once a turn begins");
    }
    deferred = null;
    return written;
  }
}
