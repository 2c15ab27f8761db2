package io.synod.state;

import io.synod.state.command.Entry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The consumers of the {@link Model}. */
final class ModelConsumers {
  private static final int SNAPSHOTS_MAX = 4;

  private final Map<String, Named> byName = new TreeMap<>();
  private final int consumersMax;

  ModelConsumers(int consumersMax) {
    this.consumersMax = consumersMax;
  }

  /** A consumer. */
  static final class Named {
    final Map<Integer, Copy> copies = new TreeMap<>();
    final List<Snap> snaps = new ArrayList<>();
    long divergedAt;

    long differsAt() {
      long at = divergedAt;
      for (Snap snap : snaps) {
        at = snap.isDisputed() ? Math.max(at, snap.order().index()) : at;
      }
      return at;
    }
  }

  /** A copy of a consumer. */
  static final class Copy {
    final TreeMap<Long, Payload> digests = new TreeMap<>();
    long acked;
    long millis;
  }

  /** A snapshot, and the nodes that store it. */
  record Snap(
      SystemCommands.Store order,
      int node,
      long millis,
      TreeSet<Integer> holders,
      AtomicBoolean inDispute) {
    static Snap of(SystemCommands.Store order, int node, long millis, boolean inDispute) {
      TreeSet<Integer> holders = new TreeSet<>(List.of(node));
      return new Snap(order, node, millis, holders, new AtomicBoolean(inDispute));
    }

    boolean isDisputed() {
      return inDispute.get();
    }

    boolean isSafe() {
      return holders.size() >= order.quorum();
    }
  }

  Map<String, Named> all() {
    return byName;
  }

  Result run(Entry entry, long index, long millis) {
    return switch (entry.kind()) {
      case ACKNOWLEDGE -> {
        SystemCommands.Acknowledge order = SystemCommands.Acknowledge.decode(entry.payload());
        yield order == null
                || order.index() >= index
                || order.index() < 0
                || order.digests().byIndex().keySet().stream().anyMatch(at -> at > order.index())
            ? new Result.Malformed()
            : isFull(order.consumer())
                ? new Result.TooManyConsumers(consumersMax)
                : new Result.Effect(
                    new Reply.Acknowledged(acknowledge(entry.node(), order, millis)));
      }
      case STORE -> {
        SystemCommands.Store order = SystemCommands.Store.decode(entry.payload());
        if (order == null || order.index() >= index || order.index() < 0) {
          yield new Result.Malformed();
        }
        boolean adds = order.quorum() != 0 && !order.further();
        if (!adds && !byName.containsKey(order.consumer())) {
          yield new Result.ConsumerUnknown();
        }
        if (isFull(order.consumer())) {
          yield new Result.TooManyConsumers(consumersMax);
        }
        store(named(order.consumer()), entry.node(), order, millis);
        yield new Result.Effect(Reply.none());
      }
      default ->
          byName.remove(entry.contentType()) == null
              ? new Result.ConsumerUnknown()
              : new Result.Effect(Reply.none());
    };
  }

  private boolean isFull(String name) {
    return byName.size() >= consumersMax && !byName.containsKey(name);
  }

  private Named named(String name) {
    return byName.computeIfAbsent(name, key -> new Named());
  }

  private long acknowledge(int node, SystemCommands.Acknowledge order, long millis) {
    Named named = named(order.consumer());
    boolean isNew = !named.copies.containsKey(node);
    Copy copy = named.copies.computeIfAbsent(node, key -> new Copy());
    copy.acked = isNew ? order.index() : Math.max(copy.acked, order.index());
    copy.millis = millis;
    order
        .digests()
        .byIndex()
        .forEach(
            (at, digest) -> {
              compare(named, node, at, digest);
              copy.digests.put(at, digest);
              copy.digests
                  .keySet()
                  .removeIf(old -> isFarBehind(old, List.copyOf(copy.digests.keySet())));
            });
    return copy.acked;
  }

  /**
   * Whether two or more newer digests exist whose indexes are divisible by as large a power of two.
   */
  private static boolean isFarBehind(long old, List<Long> all) {
    return all.stream().filter(one -> one > old && halvings(one) >= halvings(old)).count() >= 2;
  }

  private static int halvings(long index) {
    int count = 0;
    for (long left = index; count < 15 && left % 2 == 0; left /= 2) {
      count++;
    }
    return count;
  }

  private static void compare(Named named, int node, long index, Payload acknowledgement) {
    int same = 0;
    int others = 0;
    for (Map.Entry<Integer, Copy> other : named.copies.entrySet()) {
      Payload digest = other.getValue().digests.get(index);
      if (other.getKey() != node && digest != null) {
        others++;
        same += digest.equals(acknowledgement) ? 1 : 0;
      }
    }
    if (same < others) {
      named.divergedAt = index;
    } else if (same == named.copies.size() - 1 && index > named.divergedAt) {
      named.divergedAt = 0;
    }
  }

  private static void store(Named named, int node, SystemCommands.Store order, long millis) {
    Snap before = at(named, order.index());
    if (before == null) {
      if (order.held() && !order.further()) {
        named.snaps.add(Snap.of(order, node, millis, false));
      }
    } else if (before.order().sha256().equals(order.sha256())) {
      if (order.held()) {
        before.holders().add(node);
      }
    } else if (!order.further()) {
      before.inDispute().set(true);
      if (order.held() && before.holders().equals(Set.of(node))) {
        named.snaps.remove(before);
        named.snaps.add(Snap.of(order, node, millis, true));
      } else if (order.held() && !before.isSafe()) {
        before.holders().remove(node);
      }
    }
    named.snaps.sort((one, other) -> Long.compare(one.order().index(), other.order().index()));
    long safe = safeIndex(named);
    named.snaps.removeIf(snap -> snap.order().index() < safe);
    while (named.snaps.size() > SNAPSHOTS_MAX) {
      named.snaps.remove(1);
    }
  }

  private static @Nullable Snap at(Named named, long index) {
    return named.snaps.stream()
        .filter(snap -> snap.order().index() == index)
        .findFirst()
        .orElse(null);
  }

  static long safeIndex(Named named) {
    return named.snaps.stream()
        .filter(Snap::isSafe)
        .mapToLong(snap -> snap.order().index())
        .max()
        .orElse(-1);
  }

  /**
   * The first index still needed, without the copies that have been silent since {@code lapsed}.
   */
  static long needsFrom(Named named, long lapsed) {
    long acked =
        named.copies.values().stream()
            .filter(copy -> copy.millis >= lapsed)
            .mapToLong(copy -> copy.acked + 1)
            .min()
            .orElse(Long.MAX_VALUE);
    long safe = safeIndex(named);
    return safe < 0 ? acked : safe + 1;
  }
}
