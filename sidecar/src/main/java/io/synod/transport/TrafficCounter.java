package io.synod.transport;

import java.util.concurrent.atomic.LongAdder;

/** Counts the {@link PeerTraffic} of one peer. Any thread may call it. */
final class TrafficCounter {
  final LongAdder connections = new LongAdder();
  final LongAdder framesDropped = new LongAdder();
  final LongAdder framesOversize = new LongAdder();
  final LongAdder framesMalformed = new LongAdder();
  private final LongAdder framesOut = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final LongAdder framesIn = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();

  void sent(int bytes) {
    framesOut.increment();
    bytesOut.add(bytes);
  }

  void received(int bytes) {
    framesIn.increment();
    bytesIn.add(bytes);
  }

  PeerTraffic traffic(boolean connected) {
    return new PeerTraffic(
        connected,
        connections.sum(),
        framesOut.sum(),
        bytesOut.sum(),
        framesIn.sum(),
        bytesIn.sum(),
        framesDropped.sum(),
        framesOversize.sum(),
        framesMalformed.sum());
  }
}
