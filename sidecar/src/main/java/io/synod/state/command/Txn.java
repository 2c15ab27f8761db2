package io.synod.state.command;

import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Payload;
import io.synod.state.encoding.Unpacker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares, and then writes and reads, in one step: the payload of {@link Entry.Kind#KV}.
 *
 * @param compares all must hold
 * @param success what is done if they do
 * @param failure what is done if they do not
 */
public record Txn(List<Compare> compares, List<Op> success, List<Op> failure) {
  /** How many compares, and operations in each branch, one transaction may have. */
  public static final int PARTS_MAX = 128;

  /** How many pairs there may be under the prefixes that a transaction deletes, together. */
  public static final int PREFIX_KEYS_MAX = 10_000;

  /**
   * How many bytes of pairs an answer may hold, gets and previous values together, unless there is
   * one operation only. With what a transaction may write itself, that is what clients take by
   * default; and answers are remembered.
   */
  public static final long ANSWER_BYTES_MAX = 2_900_000;

  /** The longest key, in bytes of UTF-8. */
  public static final int KEY_BYTES_MAX = 1_024;

  private static final int ABSENT = 0;
  private static final int MOD_INDEX = 1;
  private static final int VALUE = 2;
  private static final int LOCK = 3;
  private static final int PUT = 0;
  private static final int DELETE = 1;
  private static final int DELETE_PREFIX = 2;
  private static final int GET = 3;

  /** Keeps copies. */
  public Txn {
    compares = List.copyOf(compares);
    success = List.copyOf(success);
    failure = List.copyOf(failure);
  }

  /** One operation, whatever is there. */
  public static Txn of(Op op) {
    return new Txn(List.of(), List.of(op), List.of());
  }

  /** One operation, if the condition holds. */
  public static Txn when(Compare compare, Op op) {
    return new Txn(List.of(compare), List.of(op), List.of());
  }

  /** As the payload of an entry. */
  public Payload encode() {
    Packer packer = new Packer();
    packer.number(compares.size());
    compares.forEach(compare -> pack(packer, compare));
    packer.number(success.size());
    success.forEach(op -> pack(packer, op));
    packer.number(failure.size());
    failure.forEach(op -> pack(packer, op));
    return Payload.of(packer.done());
  }

  /** Reads the payload of an entry; null if it is none, on every node alike. */
  public static @Nullable Txn decode(Payload payload) {
    try {
      Unpacker from = new Unpacker(payload.bytes());
      List<Compare> compares = new ArrayList<>();
      for (int left = from.small(PARTS_MAX); left > 0; left--) {
        compares.add(compare(from));
      }
      Txn txn = new Txn(compares, ops(from), ops(from));
      from.end();
      return txn;
    } catch (Unpacker.Misfit malformed) {
      return null;
    }
  }

  private static void pack(Packer packer, Compare compare) {
    if (compare instanceof Compare.KeyAbsent absent) {
      packer.number(ABSENT).text(absent.key());
    } else if (compare instanceof Compare.ModIndexIs is) {
      packer.number(MOD_INDEX).text(is.key()).number(is.index());
    } else if (compare instanceof Compare.ValueIs is) {
      packer.number(VALUE).text(is.key()).payload(is.value());
    } else if (compare instanceof Compare.LockHeld held) {
      packer.number(LOCK).text(held.lock()).number(held.token());
    }
  }

  private static Compare compare(Unpacker from) {
    return switch (from.small(LOCK)) {
      case ABSENT -> new Compare.KeyAbsent(from.text());
      case MOD_INDEX -> new Compare.ModIndexIs(from.text(), from.number());
      case VALUE -> new Compare.ValueIs(from.text(), from.payload());
      default -> new Compare.LockHeld(from.text(), from.number());
    };
  }

  private static void pack(Packer packer, Op op) {
    if (op instanceof Op.Put put) {
      packer.number(PUT).text(put.key()).payload(put.value());
      packer.number(put.ttlMillis()).number(put.session());
    } else if (op instanceof Op.Delete delete) {
      packer.number(DELETE).text(delete.key());
    } else if (op instanceof Op.DeletePrefix delete) {
      packer.number(DELETE_PREFIX).text(delete.prefix());
    } else if (op instanceof Op.Get get) {
      packer.number(GET).text(get.key());
    }
  }

  private static List<Op> ops(Unpacker from) {
    List<Op> ops = new ArrayList<>();
    for (int left = from.small(PARTS_MAX); left > 0; left--) {
      ops.add(op(from));
    }
    return ops;
  }

  private static Op op(Unpacker from) {
    return switch (from.small(GET)) {
      case PUT -> new Op.Put(from.text(), from.payload(), from.natural(), from.natural());
      case DELETE -> new Op.Delete(from.text());
      case DELETE_PREFIX -> new Op.DeletePrefix(from.text());
      default -> new Op.Get(from.text());
    };
  }
}
