package io.synod.runtime.engine;

import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.SnapshotMark;
import java.util.function.Supplier;

/** Passes everything to the listener of the moment. */
record ForwardingListener(Supplier<ClusterListener> to) implements ClusterListener {
  @Override
  public void sent(DirectedLink link, Message message, Fate fate) {
    to.get().sent(link, message, fate);
  }

  @Override
  public void happened(int node, Event event) {
    to.get().happened(node, event);
  }

  @Override
  public void installed(int node, SnapshotMark mark) {
    to.get().installed(node, mark);
  }
}
