package io.synod.api.errors;

import io.synod.api.EveryCall;
import io.synod.api.SingleNode;
import io.synod.api.TestServer;
import io.synod.api.server.ApiLimits;
import io.synod.runtime.port.CallerLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/** Sidecars in which errors can be had, each begun when it is first asked for. */
final class Worlds implements AutoCloseable {
  private final Path folder;
  private final Map<TestSidecar, SingleNode> real = new EnumMap<>(TestSidecar.class);
  private final Deque<TestServer> served = new ArrayDeque<>();

  /** Of a sidecar with a real core, disk and socket. */
  private enum TestSidecar {
    /** A cluster by itself. */
    WELL,
    /** One of three that never came. */
    ALONE,
    /** It may have one watch, and no more on its disk. */
    TIGHT,
    /** It keeps the newest state only. */
    FORGETFUL,
    /** It stops. */
    DRAINED
  }

  private static SingleNode.Setup setup(TestSidecar kind) {
    ApiLimits limits = ApiLimits.defaults();
    CallerLimits callerLimits = CallerLimits.defaults();
    return switch (kind) {
      case WELL, DRAINED -> SingleNode.Setup.USUAL;
      case ALONE -> new SingleNode.Setup(3, limits, callerLimits);
      case TIGHT ->
          new SingleNode.Setup(
              1, new ApiLimits(1 << 20, 1, 1, 10, 100).withQuotas(1 << 20, 1), callerLimits);
      case FORGETFUL ->
          new SingleNode.Setup(
              1,
              limits,
              new CallerLimits(
                  callerLimits.pendingMax(),
                  callerLimits.pendingBytesMax(),
                  callerLimits.readsMax(),
                  callerLimits.mailboxMax(),
                  callerLimits.mailboxBytesMax(),
                  callerLimits.recentBytesMax(),
                  1));
    };
  }

  Worlds(Path folder) {
    this.folder = folder;
  }

  private SingleNode real(TestSidecar kind) {
    return real.computeIfAbsent(
        kind,
        absent -> {
          try {
            return new SingleNode(folder.resolve(kind.name()), setup(kind));
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  EveryCall well() {
    return new EveryCall(real(TestSidecar.WELL).channel);
  }

  EveryCall alone() {
    return new EveryCall(real(TestSidecar.ALONE).channel);
  }

  EveryCall tight() {
    return new EveryCall(real(TestSidecar.TIGHT).channel);
  }

  EveryCall forgetful() {
    return new EveryCall(real(TestSidecar.FORGETFUL).channel);
  }

  EveryCall drained() {
    real(TestSidecar.DRAINED).server.drain();
    return new EveryCall(real(TestSidecar.DRAINED).channel);
  }

  /** One over a node in memory, for what a real one cannot be brought to, or not cheaply. */
  TestServer memory() {
    try {
      served.add(new TestServer());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return served.getLast();
  }

  @Override
  public void close() {
    served.forEach(TestServer::close);
    real.values().forEach(SingleNode::close);
  }
}
