package io.synod.state.result;

import io.synod.state.encoding.Payload;

/**
 * What a command did to one pair.
 *
 * @param kv what was written; of a pair that went only the key, and as mod index the command's
 * @param previousModIndex the command that wrote the pair before; 0 if there was none
 */
public record Change(Type type, KeyValue kv, long previousModIndex) {

  /** What became of the pair. */
  public enum Type {
    /** It was written. */
    PUT(0),
    /** It was removed, by a caller or with its session. */
    DELETE(1),
    /** Its time to live was over. */
    EXPIRE(2);

    // On disks: never changed.
    private final int number;

    Type(int number) {
      this.number = number;
    }

    int number() {
      return number;
    }

    static Type of(long number) {
      return number == 0 ? PUT : number == 1 ? DELETE : EXPIRE;
    }
  }

  public static Change gone(Type type, KeyValue before, long index) {
    KeyValue gone = new KeyValue(before.key(), Payload.EMPTY, 0, index, 0, 0, 0);
    return new Change(type, gone, before.modIndex());
  }
}
