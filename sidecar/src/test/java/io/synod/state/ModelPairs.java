package io.synod.state;

import io.synod.state.command.Compare;
import io.synod.state.command.Op;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Change;
import io.synod.state.result.KeyValue;
import io.synod.state.result.OpResult;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The pairs of the {@link Model}. */
final class ModelPairs {
  private static final int PREFIX_KEYS_MAX = 10_000;
  private static final long ANSWER_BYTES_MAX = 2_900_000;

  private final int expiriesMax;
  private final TreeMap<String, KeyValue> pairs = new TreeMap<>(ModelPairs::byBytes);
  private List<Change> changes = new ArrayList<>();
  private long index;
  private long millis;

  /** The parts of the state that transactions read. */
  interface Context {
    /** Whether this session is open. */
    boolean isOpen(long session);

    /** The token under which the lock is held; 0 if it is free. */
    long tokenOf(String lock);
  }

  ModelPairs(int expiriesMax) {
    this.expiriesMax = expiriesMax;
  }

  private static int byBytes(String one, String other) {
    return Arrays.compareUnsigned(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  void begin(long command, long now) {
    index = command;
    millis = now;
    changes = new ArrayList<>();
  }

  List<Change> changes() {
    return changes;
  }

  @Nullable KeyValue get(String key) {
    return pairs.get(key);
  }

  List<KeyValue> under(String prefix) {
    return pairs.values().stream().filter(pair -> pair.key().startsWith(prefix)).toList();
  }

  List<KeyValue> ownedBy(long session) {
    return pairs.values().stream().filter(pair -> pair.session() == session).toList();
  }

  static long bytes(KeyValue pair) {
    return 64L + pair.key().length() + pair.value().bytes().length;
  }

  static long bytes(Reply reply) {
    long bytes = 0;
    if (reply instanceof Reply.Done done) {
      bytes += 48;
      for (OpResult result : done.results()) {
        KeyValue kv = result.kv();
        KeyValue previous = result.previous();
        bytes += 32 + (kv == null ? 0 : 48 + bytes(kv));
        bytes += previous == null ? 0 : 48 + bytes(previous);
      }
    }
    return bytes;
  }

  private void remove(KeyValue pair, Change.Type type) {
    pairs.remove(pair.key());
    KeyValue left = new KeyValue(pair.key(), Payload.EMPTY, 0, index, 0, 0, 0);
    changes.add(new Change(type, left, pair.modIndex()));
  }

  /** Removes the pairs of a session that ended. */
  void endOf(long session) {
    ownedBy(session).forEach(pair -> remove(pair, Change.Type.DELETE));
  }

  /** Expires the due pairs, the earliest first, up to the limit. */
  void expire() {
    pairs.values().stream()
        .filter(pair -> pair.expireMillis() != 0 && pair.expireMillis() <= millis)
        .sorted(
            Comparator.comparingLong(KeyValue::expireMillis)
                .thenComparing(KeyValue::key, ModelPairs::byBytes))
        .limit(expiriesMax)
        .toList()
        .forEach(pair -> remove(pair, Change.Type.EXPIRE));
  }

  Result run(Txn txn, Context context) {
    boolean holds = true;
    for (Compare compare : txn.compares()) {
      holds &= holds(compare, context);
    }
    List<Op> ops = holds ? txn.success() : txn.failure();
    int removed = 0;
    for (Op op : ops) {
      if (op instanceof Op.Put put && put.session() != 0 && !context.isOpen(put.session())) {
        return new Result.OwnerUnknown(put.session());
      }
      removed += op instanceof Op.DeletePrefix all ? under(all.prefix()).size() : 0;
      if (removed > PREFIX_KEYS_MAX) {
        return new Result.TooManyKeys(PREFIX_KEYS_MAX);
      }
    }
    if (ops.size() > 1 && read(ops) > ANSWER_BYTES_MAX) {
      return new Result.AnswerTooLarge(ANSWER_BYTES_MAX);
    }
    List<OpResult> results = new ArrayList<>();
    for (Op op : ops) {
      results.add(run(op));
    }
    return new Result.Effect(new Reply.Done(holds, results));
  }

  /** The bytes of pairs that the operations read, with the effects of earlier puts only. */
  private long read(List<Op> ops) {
    long bytes = 0;
    Map<String, Long> written = new HashMap<>();
    for (Op op : ops) {
      String key =
          op instanceof Op.Put put
              ? put.key()
              : op instanceof Op.Get get ? get.key() : op instanceof Op.Delete it ? it.key() : "";
      KeyValue there = pairs.get(key);
      bytes += written.getOrDefault(key, there == null ? 0 : bytes(there));
      if (op instanceof Op.Put put) {
        written.put(key, 64L + key.length() + put.value().bytes().length);
      }
    }
    return bytes;
  }

  private boolean holds(Compare compare, Context context) {
    if (compare instanceof Compare.KeyAbsent absent) {
      return !pairs.containsKey(absent.key());
    } else if (compare instanceof Compare.ModIndexIs is) {
      KeyValue pair = pairs.get(is.key());
      return pair == null ? is.index() == 0 : is.index() == pair.modIndex();
    } else if (compare instanceof Compare.ValueIs is) {
      KeyValue pair = pairs.get(is.key());
      return pair != null && Arrays.equals(pair.value().bytes(), is.value().bytes());
    } else if (compare instanceof Compare.LockHeld held) {
      long token = context.tokenOf(held.lock());
      return token != 0 && token == held.token();
    }
    throw new AssertionError(compare);
  }

  private OpResult run(Op op) {
    if (op instanceof Op.Get get) {
      return new OpResult(pairs.get(get.key()), null, 0);
    } else if (op instanceof Op.Delete delete) {
      KeyValue before = pairs.get(delete.key());
      if (before != null) {
        remove(before, Change.Type.DELETE);
      }
      return new OpResult(null, before, before == null ? 0 : 1);
    } else if (op instanceof Op.DeletePrefix all) {
      List<KeyValue> found = under(all.prefix());
      found.forEach(pair -> remove(pair, Change.Type.DELETE));
      return new OpResult(null, null, found.size());
    } else if (op instanceof Op.Put put) {
      KeyValue before = pairs.get(put.key());
      KeyValue after =
          new KeyValue(
              put.key(),
              put.value(),
              before == null ? index : before.createIndex(),
              index,
              before == null ? 1 : before.version() + 1,
              put.session(),
              expiry(put.ttlMillis()));
      pairs.put(put.key(), after);
      changes.add(new Change(Change.Type.PUT, after, before == null ? 0 : before.modIndex()));
      // The caller knows the value from its command.
      return new OpResult(after.with(Payload.EMPTY), before, 0);
    }
    throw new AssertionError(op);
  }

  private long expiry(long ttlMillis) {
    if (ttlMillis == 0) {
      return 0;
    }
    return ttlMillis > Long.MAX_VALUE - millis ? Long.MAX_VALUE : millis + ttlMillis;
  }
}
