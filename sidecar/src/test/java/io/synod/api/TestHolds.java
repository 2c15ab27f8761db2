package io.synod.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldRequest;
import io.synod.v1.LocksGrpc;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Helpers for tests of holds. */
public final class TestHolds {
  private TestHolds() {}

  public static HoldRequest.Builder request(String lock) {
    return HoldRequest.newBuilder()
        .setName(lock)
        .setValue(ByteString.copyFromUtf8("at " + lock))
        .setTtl(Durations.fromSeconds(1));
  }

  public static StreamCollector<HoldRequest, HoldEvent> hold(
      LocksGrpc.LocksStub stub, HoldRequest.Builder request) {
    StreamCollector<HoldRequest, HoldEvent> collector = new StreamCollector<>();
    stub.hold(request.build(), collector);
    return collector;
  }

  public static StreamCollector<HoldRequest, HoldEvent> hold(
      TestServer server, HoldRequest.Builder request) {
    return hold(LocksGrpc.newStub(server.channel), request);
  }

  public static StreamCollector<HoldRequest, HoldEvent> hold(TestServer server, String lock) {
    return hold(server, request(lock).setTtl(Durations.fromSeconds(10)));
  }

  /**
   * Makes another sidecar's application hold the lock or wait for it; returns the id of its
   * session.
   */
  public static long elsewhere(MemoryNode node, String lock) {
    SystemCommands.Hold order =
        new SystemCommands.Hold(lock, Payload.of(new byte[] {(byte) 0xff, 1}), 10_000, false);
    return node.log
        .apply(node.log.placed(NewEntry.of(Entry.Kind.HOLD, order.encode()), 2, 0))
        .index();
  }

  public static void close(MemoryNode node, long session) {
    node.log.apply(
        node.log.placed(NewEntry.of(Entry.Kind.CLOSE_SESSION, Payload.EMPTY), 2, session));
  }

  /** The next event that is not a renewal. */
  public static HoldEvent event(StreamCollector<HoldRequest, HoldEvent> collector) {
    HoldEvent next = collector.next();
    while (next.hasRenewed()) {
      next = collector.next();
    }
    return next;
  }

  public static HoldEvent.Granted granted(StreamCollector<HoldRequest, HoldEvent> collector) {
    HoldEvent next = event(collector);
    if (!next.hasGranted()) {
      throw new AssertionError("not granted: " + next);
    }
    return next.getGranted();
  }

  public static HoldEvent.Lost.Reason lost(StreamCollector<HoldRequest, HoldEvent> collector) {
    HoldEvent next = event(collector);
    if (!next.hasLost()) {
      throw new AssertionError("not lost: " + next);
    }
    collector.completes();
    return next.getLost().getReason();
  }

  /** Polls until the condition holds. */
  public static void until(BooleanSupplier so) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!so.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("it never was so");
      }
      Thread.onSpinWait();
    }
  }
}
