package io.synod.state;

import io.synod.state.encoding.KeyOrder;
import io.synod.state.encoding.StateCheck;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The locks that are held. A free lock has no entry.
 *
 * @param bytes the size of the values that their contenders publish
 */
public record Locks(TreePMap<String, Lock> byName, long bytes) {
  static final Locks EMPTY = new Locks(TreePMap.empty(KeyOrder.INSTANCE), 0);

  @Nullable
  public Lock get(String name) {
    return byName.get(name);
  }

  /** Appends a contender to the queue; the first one is granted the lock by this command. */
  public Locks join(String name, Lock.Contender contender, long index, long timeMillis) {
    Lock held = byName.get(name);
    StateCheck.that(
        held == null || held.queue().lastKey() < contender.session(),
        "contenders queue in the order of their requests");
    Lock joined =
        held == null
            ? new Lock(name, index, timeMillis, queueOf(contender))
            : new Lock(
                name,
                held.token(),
                held.sinceMillis(),
                held.queue().plus(contender.session(), contender));
    return with(joined, contender.value().bytes().length);
  }

  private static TreePMap<Long, Lock.Contender> queueOf(Lock.Contender contender) {
    return TreePMap.singleton(contender.session(), contender);
  }

  /**
   * Removes a session from the queue; if it held the lock, the next one is granted it by this
   * command.
   */
  public Locks leave(String name, long session, long index, long timeMillis) {
    Lock held = byName.get(name);
    Lock.Contender leaves = held == null ? null : held.queue().get(session);
    if (held == null || leaves == null) {
      return this;
    }
    long fewer = leaves.value().bytes().length;
    TreePMap<Long, Lock.Contender> left = held.queue().minus(session);
    if (left.isEmpty()) {
      return new Locks(byName.minus(name), bytes - fewer);
    }
    boolean holds = held.holder().session() == session;
    StateCheck.that(index >= held.token(), "a fencing token never falls", index, held.token());
    return with(
        holds
            ? new Lock(name, index, timeMillis, left)
            : new Lock(name, held.token(), held.sinceMillis(), left),
        -fewer);
  }

  /** This map with the lock, whose contenders publish {@code more} bytes more than before. */
  Locks with(Lock lock, long more) {
    StateCheck.that(bytes + more >= 0, "each contender's value is counted once", bytes, more);
    return new Locks(byName.plus(lock.name(), lock), bytes + more);
  }
}
