package io.synod.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the commands of a slot did, as far as the commands themselves do not tell it: which had no
 * effect, and which pairs they changed. Kept with the slot, so that whoever reads the log later
 * needs no state to know. Nothing is kept for a command that took effect and changed no pair.
 *
 * <p>Of a pair that was written the value is not repeated: it is in the command's transaction.
 */
public final class Effects {
  /** Every command of the slot took effect and changed no pair. */
  public static final byte[] NONE = new byte[0];

  private static final int CHANGES_MAX = 1 << 24;
  private static final int SKIPPED = 0;
  private static final int SUCCESS = 1;
  private static final int FAILURE = 2;

  private Effects() {}

  static byte[] of(List<Applied> applied, List<List<Change>> changes) {
    Packer packer = null;
    for (int i = 0; i < applied.size(); i++) {
      Result result = applied.get(i).result();
      List<Change> made = changes.get(i);
      if (result.hasEffect() && made.isEmpty()) {
        continue;
      }
      packer = packer == null ? new Packer() : packer;
      packer.number(i).number(branch(result));
      if (result.hasEffect()) {
        packer.number(made.size());
        for (Change change : made) {
          pack(packer, change);
        }
      }
    }
    return packer == null ? NONE : packer.done();
  }

  private static int branch(Result result) {
    if (result instanceof Result.Effect effect) {
      return effect.reply() instanceof Reply.Done done && !done.succeeded() ? FAILURE : SUCCESS;
    }
    return SKIPPED;
  }

  private static void pack(Packer packer, Change change) {
    KeyValue pair = change.kv();
    packer.number(change.type().number()).text(pair.key()).number(change.previousModIndex());
    if (change.type() == Change.Type.PUT) {
      packer
          .number(pair.createIndex())
          .number(pair.version())
          .number(pair.session())
          .number(pair.expireMillis());
    }
  }

  /** Whether the command at this position of the slot had no effect. */
  public static boolean isSkipped(byte[] effects, int position) {
    Unpacker from = find(effects, position);
    return from != null && from.small(FAILURE) == SKIPPED;
  }

  /** The pairs that the command at this position of the slot changed, in order. */
  public static List<Change> changes(byte[] effects, int position, long index, Entry entry) {
    Unpacker from = find(effects, position);
    int branch = from == null ? SKIPPED : from.small(FAILURE);
    if (from == null || branch == SKIPPED) {
      return List.of();
    }
    List<Change> changes = new ArrayList<>();
    Txn txn = entry.kind() == Entry.Kind.KV ? Txn.decode(entry.payload()) : null;
    Values values = new Values(txn, branch == SUCCESS);
    for (int left = from.small(CHANGES_MAX); left > 0; left--) {
      changes.add(change(from, index, values));
    }
    return changes;
  }

  private static Change change(Unpacker from, long index, Values values) {
    Change.Type type = Change.Type.of(from.number());
    String key = from.text();
    long previous = from.number();
    if (type != Change.Type.PUT) {
      KeyValue gone = new KeyValue(key, Payload.EMPTY, 0, index, 0, 0, 0);
      return new Change(type, gone, previous);
    }
    long created = from.number();
    long version = from.number();
    KeyValue pair =
        new KeyValue(key, values.next(key), created, index, version, from.number(), from.number());
    return new Change(type, pair, previous);
  }

  private static @Nullable Unpacker find(byte[] effects, int position) {
    Unpacker from = new Unpacker(effects);
    while (!from.isEmpty()) {
      int at = from.small(Integer.MAX_VALUE);
      if (at == position) {
        return from;
      }
      if (at > position) {
        return null;
      }
      skip(from);
    }
    return null;
  }

  private static void skip(Unpacker from) {
    if (from.small(FAILURE) == SKIPPED) {
      return;
    }
    Values none = new Values(null, true);
    for (int left = from.small(CHANGES_MAX); left > 0; left--) {
      change(from, 0, none);
    }
  }

  /** The values that a transaction wrote, in the order of its puts. */
  private static final class Values {
    private final List<Op.Put> puts = new ArrayList<>();
    private int next;

    private Values(@Nullable Txn txn, boolean success) {
      if (txn == null) {
        return;
      }
      for (Op op : success ? txn.success() : txn.failure()) {
        if (op instanceof Op.Put put) {
          puts.add(put);
        }
      }
    }

    private Payload next(String key) {
      while (next < puts.size()) {
        Op.Put put = puts.get(next++);
        if (put.key().equals(key)) {
          return put.value();
        }
      }
      return Payload.EMPTY;
    }
  }
}
