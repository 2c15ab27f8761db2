package io.synod.state.apply;

import io.synod.state.Lock;
import io.synod.state.command.Compare;
import io.synod.state.command.Op;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Change;
import io.synod.state.result.KeyValue;
import io.synod.state.result.OpResult;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Applies a transaction: all of it or nothing. */
final class TxnRun {
  private final Execution on;

  TxnRun(Execution on) {
    this.on = on;
  }

  Result run(Txn txn) {
    boolean succeeded = txn.compares().stream().allMatch(this::holds);
    List<Op> ops = succeeded ? txn.success() : txn.failure();
    Result refusal = refusal(ops);
    if (refusal != null) {
      return refusal;
    }
    List<OpResult> results = new ArrayList<>(ops.size());
    for (Op op : ops) {
      results.add(run(op));
    }
    return new Result.Effect(new Reply.Done(succeeded, List.copyOf(results)));
  }

  private boolean holds(Compare compare) {
    if (compare instanceof Compare.KeyAbsent absent) {
      return on.keys().get(absent.key()) == null;
    } else if (compare instanceof Compare.ModIndexIs is) {
      KeyValue pair = on.keys().get(is.key());
      return (pair == null ? 0 : pair.modIndex()) == is.index();
    } else if (compare instanceof Compare.ValueIs is) {
      KeyValue pair = on.keys().get(is.key());
      return pair != null && pair.value().equals(is.value());
    } else if (compare instanceof Compare.LockHeld held) {
      Lock lock = on.locks().get(held.lock());
      return lock != null && lock.token() == held.token();
    }
    return false;
  }

  /** Checked before anything is done, so that nothing has to be undone. */
  private @Nullable Result refusal(List<Op> ops) {
    int gone = 0;
    for (Op op : ops) {
      if (op instanceof Op.Put put && put.session() != 0 && on.session(put.session()) == null) {
        return new Result.OwnerUnknown(put.session());
      }
      if (op instanceof Op.DeletePrefix delete) {
        gone += under(delete.prefix(), Txn.PREFIX_KEYS_MAX + 1).size();
      }
      if (gone > Txn.PREFIX_KEYS_MAX) {
        return new Result.TooManyKeys(Txn.PREFIX_KEYS_MAX);
      }
    }
    return ops.size() > 1 && answerBytes(ops) > Txn.ANSWER_BYTES_MAX
        ? new Result.AnswerTooLarge(Txn.ANSWER_BYTES_MAX)
        : null;
  }

  /**
   * The maximum size of what the operations read: each pair as it is, or as an earlier operation
   * writes it.
   */
  private long answerBytes(List<Op> ops) {
    Map<String, Long> found = new HashMap<>();
    long bytes = 0;
    for (Op op : ops) {
      String key = key(op);
      if (key != null) {
        KeyValue pair = on.keys().get(key);
        bytes += found.getOrDefault(key, pair == null ? 0 : pair.bytes());
        if (op instanceof Op.Put put) {
          found.put(key, KeyValue.bytes(key, put.value()));
        }
      }
    }
    return bytes;
  }

  private static @Nullable String key(Op op) {
    if (op instanceof Op.Put put) {
      return put.key();
    } else if (op instanceof Op.Delete delete) {
      return delete.key();
    }
    return op instanceof Op.Get get ? get.key() : null;
  }

  private OpResult run(Op op) {
    if (op instanceof Op.Put put) {
      KeyValue before = on.keys().get(put.key());
      return new OpResult(on.put(put, before).with(Payload.EMPTY), before, 0);
    } else if (op instanceof Op.Delete delete) {
      KeyValue before = on.keys().get(delete.key());
      if (before != null) {
        on.remove(before, Change.Type.DELETE);
      }
      return new OpResult(null, before, before == null ? 0 : 1);
    } else if (op instanceof Op.DeletePrefix delete) {
      // A put of this very transaction may have added pairs beyond the limit, at most one per
      // operation: all are removed.
      List<KeyValue> found = under(delete.prefix(), Txn.PREFIX_KEYS_MAX + Txn.PARTS_MAX);
      found.forEach(pair -> on.remove(pair, Change.Type.DELETE));
      return new OpResult(null, null, found.size());
    } else if (op instanceof Op.Get get) {
      return new OpResult(on.keys().get(get.key()), null, 0);
    }
    throw new IllegalStateException("an unknown type of operation");
  }

  private List<KeyValue> under(String prefix, int max) {
    List<KeyValue> found = new ArrayList<>();
    for (KeyValue pair : on.keys().from(prefix)) {
      if (!pair.key().startsWith(prefix) || found.size() >= max) {
        break;
      }
      found.add(pair);
    }
    return found;
  }
}
