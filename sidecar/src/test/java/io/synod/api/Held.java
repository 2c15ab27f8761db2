package io.synod.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Orders;
import io.synod.state.Payload;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldRequest;
import io.synod.v1.LocksGrpc;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Holds in tests. */
public final class Held {
  private Held() {}

  public static HoldRequest.Builder request(String lock) {
    return HoldRequest.newBuilder()
        .setName(lock)
        .setValue(ByteString.copyFromUtf8("at " + lock))
        .setTtl(Durations.fromSeconds(1));
  }

  public static Taker<HoldRequest, HoldEvent> hold(
      LocksGrpc.LocksStub stub, HoldRequest.Builder request) {
    Taker<HoldRequest, HoldEvent> taker = new Taker<>();
    stub.hold(request.build(), taker);
    return taker;
  }

  public static Taker<HoldRequest, HoldEvent> hold(Served served, HoldRequest.Builder request) {
    return hold(LocksGrpc.newStub(served.channel), request);
  }

  public static Taker<HoldRequest, HoldEvent> hold(Served served, String lock) {
    return hold(served, request(lock).setTtl(Durations.fromSeconds(10)));
  }

  /** Another sidecar's application holds it, or waits for it; the id of its session. */
  public static long elsewhere(MemoryNode node, String lock) {
    Orders.Hold order =
        new Orders.Hold(lock, Payload.of(new byte[] {(byte) 0xff, 1}), 10_000, false);
    return node.log.apply(node.log.placed(Draft.of(Entry.Kind.HOLD, order.encode()), 2, 0)).index();
  }

  public static void close(MemoryNode node, long session) {
    node.log.apply(node.log.placed(Draft.of(Entry.Kind.CLOSE_SESSION, Payload.EMPTY), 2, session));
  }

  /** The next event that is no renewal. */
  public static HoldEvent event(Taker<HoldRequest, HoldEvent> taker) {
    HoldEvent next = taker.next();
    while (next.hasRenewed()) {
      next = taker.next();
    }
    return next;
  }

  public static HoldEvent.Granted granted(Taker<HoldRequest, HoldEvent> taker) {
    HoldEvent next = event(taker);
    if (!next.hasGranted()) {
      throw new AssertionError("not granted: " + next);
    }
    return next.getGranted();
  }

  public static HoldEvent.Lost.Reason lost(Taker<HoldRequest, HoldEvent> taker) {
    HoldEvent next = event(taker);
    if (!next.hasLost()) {
      throw new AssertionError("not lost: " + next);
    }
    taker.completes();
    return next.getLost().getReason();
  }

  /** Looks until it is so. */
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
