package io.synod.state.command;

import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Payload;
import io.synod.state.encoding.Unpacker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction: compares, and then writes and reads, in one step. It is the payload of {@link
 * Entry.Kind#KV}.
 *
 * @param compares conditions that must all hold
 * @param success the operations if they hold
 * @param failure the operations if they do not hold
 */
public record Txn(List<Compare> compares, List<Op> success, List<Op> failure) {
  /** The maximum number of compares, and of operations in each branch. */
  public static final int PARTS_MAX = 128;

  /** The maximum number of pairs under all prefixes that a transaction deletes. */
  public static final int PREFIX_KEYS_MAX = 10_000;

  /**
   * The maximum size of the pairs in an answer, gets and previous values together, unless there is
   * only one operation. Together with what a transaction may write itself, it fits the default
   * message size of clients; answers are also remembered.
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

  /** Copies the lists. */
  public Txn {
    compares = List.copyOf(compares);
    success = List.copyOf(success);
    failure = List.copyOf(failure);
  }

  /** One operation without a condition. */
  public static Txn of(Op op) {
    return new Txn(List.of(), List.of(op), List.of());
  }

  /** One operation with a condition. */
  public static Txn when(Compare compare, Op op) {
    return new Txn(List.of(compare), List.of(op), List.of());
  }

  /** Encodes it as the payload of an entry. */
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

  /** Decodes the payload of an entry; null if it is malformed, which all nodes decide alike. */
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
