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

/** The sidecars in which errors are provoked, each started on first use. */
final class Worlds implements AutoCloseable {
  private final Path folder;
  private final Map<TestSidecar, SingleNode> real = new EnumMap<>(TestSidecar.class);
  private final Deque<TestServer> served = new ArrayDeque<>();

  /** The kinds of sidecars with a real core, disk and socket. */
  private enum TestSidecar {
    /** A cluster of one voter. */
    WELL,
    /** One of three voters, of which the others are never started. */
    ALONE,
    /** A node with a limit of one watch, and a disk quota that is reached. */
    TIGHT,
    /** A node that keeps the newest state only. */
    FORGETFUL,
    /** A node that is stopping. */
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

  /** A server over a fake node, for conditions that a real one cannot be brought to easily. */
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
