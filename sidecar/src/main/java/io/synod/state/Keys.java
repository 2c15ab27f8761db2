package io.synod.state;

import io.synod.state.encoding.KeyOrder;
import io.synod.state.encoding.StateCheck;
import io.synod.state.result.KeyValue;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * The key-value pairs of the replicated map, and when they expire.
 *
 * @param bytes their size, as {@link KeyValue#bytes} counts it
 */
public record Keys(TreePMap<String, KeyValue> map, TreePSet<Expiry> expiries, long bytes) {
  static final Keys EMPTY = new Keys(TreePMap.empty(KeyOrder.INSTANCE), TreePSet.empty(), 0);

  /** The log time at which a pair expires. */
  public record Expiry(long millis, String key) implements Comparable<Expiry> {
    @Override
    public int compareTo(Expiry other) {
      int byTime = Long.compare(millis, other.millis);
      return byTime != 0 ? byTime : KeyOrder.INSTANCE.compare(key, other.key);
    }

    private static Expiry of(KeyValue pair) {
      return new Expiry(pair.expireMillis(), pair.key());
    }
  }

  @Nullable
  public KeyValue get(String key) {
    return map.get(key);
  }

  /**
   * This map with the pair added or replaced.
   *
   * @param before the current pair of its key
   */
  public Keys with(KeyValue pair, @Nullable KeyValue before) {
    StateCheck.that(
        before == null || before.modIndex() <= pair.modIndex(),
        "a pair is replaced by a later write");
    TreePSet<Expiry> due = before == null ? expiries : withoutExpiry(before);
    return new Keys(
        map.plus(pair.key(), pair),
        pair.expireMillis() == 0 ? due : due.plus(Expiry.of(pair)),
        bytes + pair.bytes() - (before == null ? 0 : before.bytes()));
  }

  public Keys without(KeyValue pair) {
    StateCheck.that(bytes >= pair.bytes(), "a pair is removed once", bytes, pair.bytes());
    return new Keys(map.minus(pair.key()), withoutExpiry(pair), bytes - pair.bytes());
  }

  private TreePSet<Expiry> withoutExpiry(KeyValue pair) {
    return pair.expireMillis() == 0 ? expiries : expiries.minus(Expiry.of(pair));
  }

  /** The pairs from {@code from} on, in order. */
  public Iterable<KeyValue> from(String from) {
    return map.tailMap(from).values();
  }
}
