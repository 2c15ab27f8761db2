package io.synod.state.result;

import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Payload;
import io.synod.state.encoding.StateCheck;
import io.synod.state.encoding.Unpacker;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The effects of a slot's commands, as far as the commands do not show them: which had no effect,
 * and which pairs they changed; and the slot's log time where its stamp is below that of an earlier
 * slot, since log time never decreases. Effects are stored with the slot, so that readers of the
 * log need no state. Nothing is stored for a command that took effect and changed no pair.
 *
 * <p>The value of a written pair is not repeated: it is in the command's transaction.
 *
 * <p>Layout, big-endian: the log time, 0 if it is as stamped (8); the number of commands with
 * effects (4); for each of them, in order, its position (4) and the offset of its effects (4); then
 * the effects, packed. So those of one command are found directly.
 */
public final class Effects {
  /** The effects if every command took effect and changed no pair. */
  public static final byte[] NONE = new byte[0];

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int COUNT_AT = Long.BYTES;
  private static final int PLACES_AT = COUNT_AT + Integer.BYTES;
  private static final int PLACE_BYTES = 2 * Integer.BYTES;
  private static final int CHANGES_MAX = 1 << 24;
  private static final int SKIPPED = 0;
  private static final int SUCCESS = 1;
  private static final int FAILURE = 2;

  private Effects() {}

  /**
   * Encodes the effects of one slot.
   *
   * @param timeMillis its log time, if that differs from its stamp; otherwise 0
   */
  public static byte[] of(List<Applied> applied, List<List<Change>> changes, long timeMillis) {
    StateCheck.that(
        applied.size() == changes.size(),
        "every command has its changes",
        applied.size(),
        changes.size());
    List<Integer> positions = new ArrayList<>(0);
    for (int i = 0; i < applied.size(); i++) {
      if (!applied.get(i).result().hasEffect() || !changes.get(i).isEmpty()) {
        positions.add(i);
      }
    }
    if (positions.isEmpty() && timeMillis == 0) {
      return NONE;
    }
    int bodies = PLACES_AT + positions.size() * PLACE_BYTES;
    byte[] places = new byte[bodies];
    LONG.set(places, 0, timeMillis);
    INT.set(places, COUNT_AT, positions.size());
    int at = PLACES_AT;
    Packer packer = new Packer();
    for (int position : positions) {
      INT.set(places, at, position);
      INT.set(places, at + Integer.BYTES, bodies + packer.size());
      at += PLACE_BYTES;
      Result result = applied.get(position).result();
      packer.number(branch(result));
      if (result.hasEffect()) {
        packer.number(changes.get(position).size());
        changes.get(position).forEach(change -> pack(packer, change));
      }
    }
    byte[] effects = Arrays.copyOf(places, bodies + packer.size());
    System.arraycopy(packer.done(), 0, effects, bodies, packer.size());
    return effects;
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
    int low = 0;
    int high = effects.length == 0 ? 0 : (int) INT.get(effects, COUNT_AT);
    while (low < high) {
      int middle = (low + high) >>> 1;
      int at = PLACES_AT + middle * PLACE_BYTES;
      int found = (int) INT.get(effects, at);
      if (found == position) {
        return new Unpacker(effects, (int) INT.get(effects, at + Integer.BYTES), effects.length);
      } else if (found < position) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return null;
  }

  /** The log time of a slot that was stamped with {@code stampedMillis}. */
  public static long logTimeMillis(byte[] effects, long stampedMillis) {
    long another = effects.length == 0 ? 0 : (long) LONG.get(effects, 0);
    return another == 0 ? stampedMillis : another;
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
