package io.synod.state;

import io.synod.state.encoding.KeyOrder;
import io.synod.state.encoding.StateCheck;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/**
 * The locks that are held. A lock that nobody holds is not here.
 *
 * @param bytes what their contenders proclaim
 */
public record Locks(TreePMap<String, Lock> byName, long bytes) {
  static final Locks EMPTY = new Locks(TreePMap.empty(KeyOrder.INSTANCE), 0);

  @Nullable
  public Lock get(String name) {
    return byName.get(name);
  }

  /** A contender joins the queue; the first one is granted the lock by this command. */
  public Locks join(String name, Lock.Contender contender, long index, long timeMillis) {
    Lock held = byName.get(name);
    StateCheck.that(
        held == null || held.queue().lastKey() < contender.session(),
        "contenders stand in the order in which they asked");
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

  /** A session leaves the queue; if it held, the next one is granted the lock by this command. */
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

  /** With this lock, whose contenders proclaim so many bytes more than before. */
  Locks with(Lock lock, long more) {
    StateCheck.that(bytes + more >= 0, "what contenders proclaim is counted once", bytes, more);
    return new Locks(byName.plus(lock.name(), lock), bytes + more);
  }
}
