package io.synod.state;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/** The consumers of the log. */
public record Consumers(TreePMap<String, Consumer> byName) {
  static final Consumers EMPTY = new Consumers(TreePMap.empty());

  @Nullable
  public Consumer get(String name) {
    return byName.get(name);
  }

  /** Whether the limit prevents a new consumer of this name. */
  public boolean isFull(String name, int max) {
    return byName.size() >= max && !byName.containsKey(name);
  }

  public Consumer orNew(String name) {
    Consumer known = byName.get(name);
    return known == null ? Consumer.named(name) : known;
  }

  public Consumers with(Consumer consumer) {
    return new Consumers(byName.plus(consumer.name(), consumer));
  }

  /** Without these sidecars among the holders of snapshots. */
  Consumers withoutHolders(Set<Integer> lost) {
    Consumers left = this;
    for (Consumer consumer : byName.values()) {
      left = left.with(consumer.withoutHolders(lost));
    }
    return left;
  }

  public Consumers without(String name) {
    return new Consumers(byName.minus(name));
  }
}
