package io.synod.state.result;

import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Unpacker;
import org.jspecify.annotations.Nullable;

/**
 * What an operation of a transaction did.
 *
 * @param kv what a get found, or what a put wrote, without the value: its command has it, and to
 *     remember it with every answer would hold it for long
 * @param previous what was there before a put or a delete
 * @param deleted how many pairs went
 */
public record OpResult(@Nullable KeyValue kv, @Nullable KeyValue previous, long deleted) {
  private static final long RESULT_BYTES = 32;

  // What a pair takes in memory beside what it counts for, as measured.
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
   * What remembering it may take in memory: the map need not hold for long what was written or
   * read.
   */
  long bytes() {
    return RESULT_BYTES + bytes(kv) + bytes(previous);
  }

  private static long bytes(@Nullable KeyValue pair) {
    return pair == null ? 0 : PAIR_BYTES + pair.bytes();
  }
}
