package io.synod.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.command.SystemCommands;
import io.synod.state.result.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares the observable state with the model. */
public final class ModelComparison {
  private static final long ANSWER_BYTES = 64;
  private static final long SESSION_BYTES = 128;

  private ModelComparison() {}

  static void check(State state, Model model) {
    assertThat(state.index()).isEqualTo(model.index());
    assertThat(state.slot()).isEqualTo(model.slot());
    assertThat(state.level()).isEqualTo(model.level);
    assertThat(state.mark().logTimeMillis()).isEqualTo(model.millis());
    pairs(state, model);
    sessions(state, model);
    locks(state, model);
    assertThat(state.consumers()).hasSameSizeAs(model.consumers.all().keySet());
    model.consumers.all().forEach((name, named) -> consumer(state, name, named));
    assertThat(state.bytes()).as("bytes").isEqualTo(recount(state)).isEqualTo(recount(model));
  }

  public static List<KeyValue> pairs(State state, String prefix) {
    List<KeyValue> found = new ArrayList<>();
    state.visit(prefix, "", found::add);
    return found;
  }

  private static void pairs(State state, Model model) {
    List<KeyValue> all = model.under("");
    assertThat(pairs(state, "")).isEqualTo(all);
    assertThat(state.keyCount()).isEqualTo(all.size());
    assertThat(state.nextExpiryMillis())
        .isEqualTo(
            all.stream()
                .mapToLong(pair -> pair.expireMillis() == 0 ? Long.MAX_VALUE : pair.expireMillis())
                .min()
                .orElse(Long.MAX_VALUE));
    for (KeyValue pair : all) {
      assertThat(state.get(pair.key())).isEqualTo(pair);
    }
  }

  private static void sessions(State state, Model model) {
    assertThat(state.sessionCount()).isEqualTo(model.sessions.count());
    for (ModelSessions.ModelSession modelSession : model.sessions.all()) {
      Session session = state.session(modelSession.id);
      assertThat(session).as("session " + modelSession.id).isNotNull();
      if (session != null) {
        assertThat(session.node()).isEqualTo(modelSession.node);
        assertThat(session.name()).isEqualTo(modelSession.name);
        assertThat(session.ttlMillis()).isEqualTo(modelSession.ttlMillis);
        assertThat(session.renewIndex()).isEqualTo(modelSession.renewed);
        assertThat(session.usedIndex()).isEqualTo(modelSession.used);
        assertThat(session.ackedBelow()).isEqualTo(modelSession.ackedBelow);
        assertThat(session.lock()).isEqualTo(modelSession.lock);
        assertThat(session.kind()).isEqualTo(modelSession.kind);
        assertThat(session.cachedReplies().keySet()).isEqualTo(modelSession.known.keySet());
        List<String> owned =
            model.pairs.ownedBy(modelSession.id).stream().map(KeyValue::key).toList();
        assertThat(List.copyOf(session.keys())).isEqualTo(owned);
      }
    }
  }

  private static void locks(State state, Model model) {
    assertThat(state.lockCount()).isEqualTo(model.locks.all().size());
    for (Map.Entry<String, ModelLocks.ModelLock> held : model.locks.all().entrySet()) {
      Lock lock = state.lock(held.getKey());
      assertThat(lock).as("lock " + held.getKey()).isNotNull();
      if (lock != null) {
        List<Lock.Contender> queue = held.getValue().queue;
        assertThat(lock.token()).isEqualTo(held.getValue().token);
        assertThat(lock.sinceMillis()).isEqualTo(held.getValue().sinceMillis);
        assertThat(lock.holder()).isEqualTo(queue.get(0));
        assertThat(lock.waiting()).isEqualTo(queue.size() - 1);
        for (int i = 0; i < queue.size(); i++) {
          assertThat(lock.position(queue.get(i).session())).isEqualTo(i);
        }
      }
    }
  }

  private static void consumer(State state, String name, ModelConsumers.Named named) {
    Consumer consumer = state.consumer(name);
    assertThat(consumer).as("consumer " + name).isNotNull();
    if (consumer == null) {
      return;
    }
    assertThat(consumer.divergedAt()).isEqualTo(named.divergedAt);
    assertThat(consumer.differsAt()).isEqualTo(named.differsAt());
    assertThat(consumer.copies().keySet()).isEqualTo(named.copies.keySet());
    for (Map.Entry<Integer, ModelConsumers.Copy> copy : named.copies.entrySet()) {
      ModelConsumers.Copy wanted = copy.getValue();
      assertThat(consumer.copies().get(copy.getKey()))
          .matches(is -> is != null && is.ackedIndex() == wanted.acked)
          .matches(is -> is != null && is.ackMillis() == wanted.millis)
          .matches(is -> is != null && is.digests().byIndex().equals(wanted.digests));
    }
    assertThat(consumer.snapshots()).hasSameSizeAs(named.snaps);
    for (ModelConsumers.Snap snap : named.snaps) {
      SystemCommands.Store order = snap.order();
      Consumer.Snapshot is = consumer.snapshots().get(order.index());
      assertThat(is).isNotNull();
      if (is != null) {
        assertThat(is.sha256()).isEqualTo(order.sha256());
        assertThat(is.format()).isEqualTo(order.format());
        assertThat(is.bytes()).isEqualTo(order.bytes());
        assertThat(is.node()).isEqualTo(snap.node());
        assertThat(is.createMillis()).isEqualTo(snap.millis());
        assertThat(is.isSafe()).isEqualTo(snap.isSafe());
        assertThat(is.holders()).isEqualTo(snap.holders());
        assertThat(is.disputed()).isEqualTo(snap.isDisputed());
      }
    }
    Consumer.Snapshot safe = consumer.safeSnapshot();
    assertThat(safe == null ? -1 : safe.index()).isEqualTo(ModelConsumers.safeIndex(named));
    long lapsed = state.mark().logTimeMillis() - 5_000;
    assertThat(consumer.needsFrom(lapsed)).isEqualTo(ModelConsumers.needsFrom(named, lapsed));
  }

  private static List<Requests> requests(State state) {
    return List.of(
        state.rest().requestMemory().requests(), state.rest().requestMemory().openings());
  }

  /** The size of the state, recounted over all its parts. */
  public static long recount(State state) {
    long bytes = 0;
    for (KeyValue pair : pairs(state, "")) {
      bytes += pair.bytes();
    }
    for (Session session : state.table().byId().values()) {
      bytes += SESSION_BYTES;
      for (CachedReply cachedReply : session.cachedReplies().values()) {
        bytes += ANSWER_BYTES + cachedReply.bytes();
      }
    }
    for (Lock lock : state.locks().values()) {
      for (Lock.Contender contender : lock.queue().values()) {
        bytes += contender.value().bytes().length;
      }
    }
    for (Requests requests : requests(state)) {
      for (CachedReply cachedReply : requests.byId().values()) {
        bytes += ANSWER_BYTES + cachedReply.bytes();
      }
    }
    return bytes;
  }

  private static long recount(Model model) {
    long bytes = model.requestCount() * ANSWER_BYTES + model.requestBytes();
    for (KeyValue pair : model.under("")) {
      bytes += ModelPairs.bytes(pair);
    }
    bytes += model.sessions.count() * SESSION_BYTES;
    bytes += model.sessions.answers() * ANSWER_BYTES + model.sessions.bytes();
    for (ModelLocks.ModelLock held : model.locks.all().values()) {
      for (Lock.Contender contender : held.queue) {
        bytes += contender.value().bytes().length;
      }
    }
    return bytes;
  }
}
