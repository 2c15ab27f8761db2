package io.synod.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The locks of the {@link Model}. */
final class ModelLocks {
  private final Map<String, ModelLock> held = new TreeMap<>();

  /** A held lock and its queue, in order of request. */
  static final class ModelLock {
    final List<Lock.Contender> queue = new ArrayList<>();
    long token;
    long sinceMillis;
  }

  Map<String, ModelLock> all() {
    return held;
  }

  @Nullable ModelLock get(String name) {
    return held.get(name);
  }

  void join(String name, Lock.Contender contender, long index, long millis) {
    ModelLock lock = held.computeIfAbsent(name, key -> new ModelLock());
    lock.queue.add(contender);
    if (lock.queue.size() == 1) {
      lock.token = index;
      lock.sinceMillis = millis;
    }
  }

  void leave(String name, long session, long index, long millis) {
    ModelLock lock = held.get(name);
    if (lock == null) {
      return;
    }
    boolean holds = lock.queue.get(0).session() == session;
    lock.queue.removeIf(contender -> contender.session() == session);
    if (lock.queue.isEmpty()) {
      held.remove(name);
    } else if (holds) {
      lock.token = index;
      lock.sinceMillis = millis;
    }
  }
}
