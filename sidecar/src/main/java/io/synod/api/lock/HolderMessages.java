package io.synod.api.lock;

import com.google.protobuf.UnsafeByteOperations;
import io.synod.api.call.CommonMessages;
import io.synod.runtime.node.LockHolds;
import io.synod.state.Lock;
import io.synod.state.State;
import io.synod.v1.Holder;
import org.jspecify.annotations.Nullable;

/** Converts the holder of a lock into a message of the client API. */
final class HolderMessages {
  private HolderMessages() {}

  /** The message without its {@code ResponseInfo}. */
  static Holder.Builder of(State state, String name, LockHolds here) {
    Lock lock = state.lock(name);
    Holder.Builder answer = Holder.newBuilder();
    if (lock == null) {
      return answer;
    }
    Lock.Contender holder = lock.holder();
    answer
        .setHeld(true)
        .setFencingToken(lock.token())
        .setNodeId(CommonMessages.node(holder.node()))
        .setValue(UnsafeByteOperations.unsafeWrap(holder.value().bytes()))
        .setSince(CommonMessages.time(lock.sinceMillis()))
        .setWaiting(lock.waiting());
    // Only the sidecar that renews the hold knows when its time to live began.
    long valid = here.validNanos(holder.session());
    if (valid > 0) {
      answer.setValidFor(CommonMessages.duration(valid));
    }
    return answer;
  }

  /** The token under which the lock is held; 0 if it is not. */
  static long token(@Nullable Lock lock) {
    return lock == null ? 0 : lock.token();
  }
}
