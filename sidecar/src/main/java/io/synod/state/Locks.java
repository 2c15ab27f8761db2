package io.synod.state;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/** The locks that are held. A lock that nobody holds is not here. */
record Locks(TreePMap<String, Lock> byName) {
  static final Locks EMPTY = new Locks(TreePMap.empty(KeyOrder.INSTANCE));

  @Nullable Lock get(String name) {
    return byName.get(name);
  }

  /** A contender joins the queue; the first one is granted the lock by this command. */
  Locks join(String name, Lock.Contender contender, long index, long timeMillis) {
    Lock held = byName.get(name);
    Lock joined =
        held == null
            ? new Lock(name, index, timeMillis, queueOf(contender))
            : new Lock(
                name,
                held.token(),
                held.sinceMillis(),
                held.queue().plus(contender.session(), contender));
    return with(joined);
  }

  private static TreePMap<Long, Lock.Contender> queueOf(Lock.Contender contender) {
    return TreePMap.singleton(contender.session(), contender);
  }

  /** A session leaves the queue; if it held, the next one is granted the lock by this command. */
  Locks leave(String name, long session, long index, long timeMillis) {
    Lock held = byName.get(name);
    if (held == null || !held.queue().containsKey(session)) {
      return this;
    }
    TreePMap<Long, Lock.Contender> left = held.queue().minus(session);
    if (left.isEmpty()) {
      return new Locks(byName.minus(name));
    }
    boolean holds = held.holder().session() == session;
    return with(
        holds
            ? new Lock(name, index, timeMillis, left)
            : new Lock(name, held.token(), held.sinceMillis(), left));
  }

  Locks with(Lock lock) {
    return new Locks(byName.plus(lock.name(), lock));
  }
}
