package io.synod.sim.check.client;

import io.synod.paxos.value.Command;
import io.synod.paxos.value.Proposal;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.Violation;
import io.synod.state.CommandTargets;
import io.synod.state.Limits;
import io.synod.state.Model;
import io.synod.state.command.Entry;
import io.synod.state.result.Change;
import io.synod.state.result.KeyValue;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks I9, I10 and I11 for everything built on the log. A second, simple implementation of the
 * state applies the chosen log; what any node answers, shows or refuses must be what the model did
 * at that index.
 */
public final class ReferenceModel {
  private final ChosenLog chosenLog;
  private final ModelListener listener;
  private final Model model;
  private final List<Model.Did> dids = new ArrayList<>();
  private final List<Long> millis = new ArrayList<>();
  private final Map<Entry.Key, List<Result>> byKey = new HashMap<>();
  // The history of each key by index; empty where the pair was removed.
  private final TreeMap<String, TreeMap<Long, Optional<KeyValue>>> values = new TreeMap<>();
  private final Map<String, TreeMap<Long, LockGrant>> locks = new HashMap<>();
  // The open sessions of callers, and the index at which each other session ended.
  private final Set<Long> open = new TreeSet<>();
  private final Map<Long, Long> endedAt = new HashMap<>();
  private long slot;
  private long nowMillis;

  /** The holder of a lock after a command; the session is 0 if the lock is free. */
  public record LockGrant(long token, long session) {
    static final LockGrant NONE = new LockGrant(0, 0);
  }

  /** A listener for the effects of chosen commands. */
  public interface ModelListener {
    /** A command was chosen, and had this effect. */
    default void did(long index, Entry entry, Model.Did did) {}

    /** A session expired. */
    default void expired(long session) {}

    /** The holder of a lock changed. */
    default void passed(String lock, LockGrant before, LockGrant after, Entry.Kind by) {}
  }

  /** Creates a model of this log. */
  public ReferenceModel(ChosenLog chosenLog, ModelListener listener) {
    this(chosenLog, listener, Limits.defaults());
  }

  /** Creates a model of this log, with these limits of the state. */
  public ReferenceModel(ChosenLog chosenLog, ModelListener listener, Limits limits) {
    this.model = new Model(limits);
    this.chosenLog = chosenLog;
    this.listener = listener;
  }

  /** Applies what was chosen since the last call. */
  public void follow() {
    while (slot < chosenLog.prefix()) {
      slot++;
      Proposal chosen = Objects.requireNonNull(chosenLog.chosen(slot));
      // A no-op also advances log time.
      nowMillis = Math.max(nowMillis, chosen.batch().logTimeMillis());
      for (Command command : chosen.batch().commands()) {
        apply(command);
      }
    }
  }

  private void apply(Command command) {
    Entry entry = Entry.decode(command.bytes());
    List<Long> kept =
        entry == null
            ? List.of()
            : CommandTargets.expired(entry).stream().filter(model::isOpen).distinct().toList();
    Model.Did did = model.apply(slot, nowMillis, List.of(command.bytes())).get(0);
    dids.add(did);
    millis.add(nowMillis);
    long index = dids.size();
    for (Change change : did.changes()) {
      values
          .computeIfAbsent(change.kv().key(), key -> new TreeMap<>())
          .put(
              index,
              change.type() == Change.Type.PUT ? Optional.of(change.kv()) : Optional.empty());
    }
    if (entry != null) {
      byKey.computeIfAbsent(entry.key(), key -> new ArrayList<>(1)).add(did.result());
      if (entry.kind() != Entry.Kind.COMMAND && entry.kind() != Entry.Kind.KV) {
        locks(index, entry);
        sessions(index, entry);
        kept.stream().filter(session -> !model.isOpen(session)).forEach(listener::expired);
      }
      listener.did(index, entry, did);
    }
  }

  private void sessions(long index, Entry entry) {
    open.removeIf(
        session -> {
          boolean ended = !model.isOpen(session);
          if (ended) {
            endedAt.put(session, index);
          }
          return ended;
        });
    boolean opens = entry.kind() == Entry.Kind.HOLD || entry.kind() == Entry.Kind.OPEN_SESSION;
    if (opens && model.isOpen(index)) {
      open.add(index);
    }
  }

  private void locks(long index, Entry entry) {
    String wanted = CommandTargets.requestedLock(entry);
    if (wanted != null) {
      locks.computeIfAbsent(wanted, name -> new TreeMap<>()).putIfAbsent(0L, LockGrant.NONE);
    }
    locks.forEach(
        (name, history) -> {
          LockGrant before = history.lastEntry().getValue();
          LockGrant after = new LockGrant(model.tokenOf(name), model.holderOf(name));
          if (!after.equals(before)) {
            history.put(index, after);
            listener.passed(name, before, after, entry.kind());
          }
        });
  }

  // ---- queries

  /** The number of commands applied. */
  public long index() {
    follow();
    return dids.size();
  }

  /** Whether this session is open after all chosen commands. */
  public boolean isOpen(long session) {
    follow();
    return model.isOpen(session);
  }

  /** Whether this session of a caller is open after {@code index}. */
  public boolean isOpenAt(long session, long index) {
    mustKnow(index);
    boolean opened = open.contains(session) || endedAt.containsKey(session);
    return opened && session <= index && endedAt.getOrDefault(session, Long.MAX_VALUE) > index;
  }

  /** The pair of a key after {@code index}, or null. */
  public @Nullable KeyValue pairAt(String key, long index) {
    mustKnow(index);
    return pair(values.get(key), index);
  }

  private static @Nullable KeyValue pair(
      @Nullable NavigableMap<Long, Optional<KeyValue>> history, long index) {
    Map.Entry<Long, Optional<KeyValue>> found = history == null ? null : history.floorEntry(index);
    return found == null ? null : found.getValue().orElse(null);
  }

  /** The pairs under a prefix after {@code index}; keys are ASCII here. */
  public List<KeyValue> pairsAt(String prefix, long index) {
    mustKnow(index);
    List<KeyValue> found = new ArrayList<>();
    for (Map.Entry<String, TreeMap<Long, Optional<KeyValue>>> each :
        values.tailMap(prefix).entrySet()) {
      if (!each.getKey().startsWith(prefix)) {
        break;
      }
      KeyValue pair = pair(each.getValue(), index);
      if (pair != null) {
        found.add(pair);
      }
    }
    return found;
  }

  /** The lock after {@code index}. */
  public LockGrant lockAt(String lock, long index) {
    mustKnow(index);
    TreeMap<Long, LockGrant> history = locks.get(lock);
    return history == null ? LockGrant.NONE : history.floorEntry(index).getValue();
  }

  /** The changes made by the command with this index. */
  public List<Change> changesAt(long index) {
    mustKnow(index);
    return dids.get((int) index - 1).changes();
  }

  private void mustKnow(long index) {
    follow();
    if (index > dids.size()) {
      throw new Violation("I6", "index " + index + " was applied, " + dids.size() + " are chosen");
    }
  }

  // ---- answers to callers

  /** A caller got this answer. */
  public void answered(Outcome.Applied outcome) {
    mustKnow(outcome.index());
    int at = (int) outcome.index() - 1;
    Result result = dids.get(at).result();
    if (!result.equals(new Result.Effect(outcome.reply()))) {
      throw new Violation("I10", "answered " + outcome + " where the model has " + result);
    }
    if (outcome.logTimeMillis() != millis.get(at)) {
      throw new Violation(
          "I9", "answered the log time of " + outcome + ", the model has " + millis.get(at));
    }
    if (outcome.slot() != chosenLog.slotOf(outcome.index())) {
      throw new Violation("I9", "answered the slot of " + outcome);
    }
  }

  /** The caller of this entry got a refusal that only the state can give. */
  public void refused(Entry entry, Outcome outcome) {
    follow();
    Result why = why(outcome);
    if (!byKey.getOrDefault(entry.key(), List.of()).contains(why)) {
      throw new Violation(
          "I11",
          "refused " + entry + " with " + outcome + ", the model has " + byKey.get(entry.key()));
    }
  }

  private static Result why(Outcome outcome) {
    if (outcome instanceof Outcome.SessionUnknown unknown) {
      return new Result.SessionUnknown(unknown.session());
    } else if (outcome instanceof Outcome.SequenceReused) {
      return new Result.SequenceReused();
    } else if (outcome instanceof Outcome.SequenceForgotten forgotten) {
      return new Result.SequenceForgotten(forgotten.ackedBelow());
    } else if (outcome instanceof Outcome.SequenceAhead ahead) {
      return new Result.SequenceAhead(ahead.limit());
    } else if (outcome instanceof Outcome.WithoutEffect without) {
      return without.why();
    }
    throw new Violation("I11", "no refusal of the state: " + outcome);
  }
}
