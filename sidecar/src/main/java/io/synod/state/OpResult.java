package io.synod.state;

import org.jspecify.annotations.Nullable;

/**
 * What an operation of a transaction did.
 *
 * @param kv what a put wrote or a get found
 * @param previous what was there before a put or a delete
 * @param deleted how many pairs went
 */
public record OpResult(@Nullable KeyValue kv, @Nullable KeyValue previous, long deleted) {

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

  /** What remembering it may take: the map need not hold for long what was written or read. */
  long bytes() {
    return (kv == null ? 0 : kv.bytes()) + (previous == null ? 0 : previous.bytes());
  }
}
