package io.synod.state.result;

import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Payload;
import io.synod.state.encoding.Unpacker;

/**
 * A pair of the replicated map.
 *
 * @param createIndex the command that created it
 * @param modIndex the command that wrote it last
 * @param version 1 on creation, increased by one at every write
 * @param session the session whose end removes it; 0 if none
 * @param expireMillis the log time from which it may be removed, in milliseconds since the epoch; 0
 *     if never
 */
public record KeyValue(
    String key,
    Payload value,
    long createIndex,
    long modIndex,
    long version,
    long session,
    long expireMillis) {

  // About what a pair takes besides its key and value.
  private static final int OVERHEAD_BYTES = 64;

  /** Its part of the size of the state. */
  public long bytes() {
    return bytes(key, value);
  }

  /** This pair with another value. */
  public KeyValue with(Payload other) {
    return new KeyValue(key, other, createIndex, modIndex, version, session, expireMillis);
  }

  public static long bytes(String key, Payload value) {
    return OVERHEAD_BYTES + key.length() + (long) value.bytes().length;
  }

  public void pack(Packer packer) {
    packer
        .text(key)
        .payload(value)
        .number(createIndex)
        .number(modIndex)
        .number(version)
        .number(session)
        .number(expireMillis);
  }

  public static KeyValue unpack(Unpacker from) {
    return new KeyValue(
        from.text(),
        from.payload(),
        from.number(),
        from.number(),
        from.number(),
        from.number(),
        from.number());
  }
}
