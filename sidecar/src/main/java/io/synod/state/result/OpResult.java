package io.synod.state.result;

import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Unpacker;
import org.jspecify.annotations.Nullable;

/**
 * The result of an operation of a transaction.
 *
 * @param kv the pair that a get found, or that a put wrote, without the value: the command has it,
 *     and remembering it with every answer would keep it in memory
 * @param previous the pair before a put or a delete
 * @param deleted how many pairs were removed
 */
public record OpResult(@Nullable KeyValue kv, @Nullable KeyValue previous, long deleted) {
  private static final long RESULT_BYTES = 32;

  // The memory that a pair takes besides {@link KeyValue#bytes}, as measured.
  private static final long PAIR_BYTES = 48;

  void pack(Packer packer) {
    pack(packer, kv);
    pack(packer, previous);
    packer.number(deleted);
  }

  static OpResult unpack(Unpacker from) {
    return new OpResult(pair(from), pair(from), from.number());
  }

  private static void pack(Packer packer, @Nullable KeyValue pair) {
    packer.number(pair == null ? 0 : 1);
    if (pair != null) {
      pair.pack(packer);
    }
  }

  private static @Nullable KeyValue pair(Unpacker from) {
    return from.small(1) == 0 ? null : KeyValue.unpack(from);
  }

  /**
   * The memory that remembering it may take: written and read values may be long gone from the map.
   */
  long bytes() {
    return RESULT_BYTES + bytes(kv) + bytes(previous);
  }

  private static long bytes(@Nullable KeyValue pair) {
    return pair == null ? 0 : PAIR_BYTES + pair.bytes();
  }
}
