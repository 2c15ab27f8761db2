package io.synod.api.errors;

import io.synod.api.Calls;
import io.synod.api.Served;
import io.synod.api.SingleNode;
import io.synod.api.server.ApiLimits;
import io.synod.runtime.port.Bounds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/** Sidecars in which errors can be had, each begun when it is first asked for. */
final class Worlds implements AutoCloseable {
  private final Path folder;
  private final Map<Kind, SingleNode> real = new EnumMap<>(Kind.class);
  private final Deque<Served> served = new ArrayDeque<>();

  /** Of a sidecar with a real core, disk and socket. */
  private enum Kind {
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

  private static SingleNode.Setup setup(Kind kind) {
    ApiLimits limits = ApiLimits.defaults();
    Bounds bounds = Bounds.defaults();
    return switch (kind) {
      case WELL, DRAINED -> SingleNode.Setup.USUAL;
      case ALONE -> new SingleNode.Setup(3, limits, bounds);
      case TIGHT ->
          new SingleNode.Setup(
              1, new ApiLimits(1 << 20, 1, 1, 10, 100).withQuotas(1 << 20, 1), bounds);
      case FORGETFUL ->
          new SingleNode.Setup(
              1,
              limits,
              new Bounds(
                  bounds.pendingMax(),
                  bounds.pendingBytesMax(),
                  bounds.readsMax(),
                  bounds.mailboxMax(),
                  bounds.mailboxBytesMax(),
                  bounds.recentBytesMax(),
                  1));
    };
  }

  Worlds(Path folder) {
    this.folder = folder;
  }

  private SingleNode real(Kind kind) {
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

  Calls well() {
    return new Calls(real(Kind.WELL).channel);
  }

  Calls alone() {
    return new Calls(real(Kind.ALONE).channel);
  }

  Calls tight() {
    return new Calls(real(Kind.TIGHT).channel);
  }

  Calls forgetful() {
    return new Calls(real(Kind.FORGETFUL).channel);
  }

  Calls drained() {
    real(Kind.DRAINED).server.drain();
    return new Calls(real(Kind.DRAINED).channel);
  }

  /** One over a node in memory, for what a real one cannot be brought to, or not cheaply. */
  Served memory() {
    try {
      served.add(new Served());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return served.getLast();
  }

  @Override
  public void close() {
    served.forEach(Served::close);
    real.values().forEach(SingleNode::close);
  }
}
