package io.synod.state.result;

import io.synod.state.encoding.Payload;

/**
 * The change of one pair by a command.
 *
 * @param kv the new pair; if the pair was removed, only its key, with the command's index as mod
 *     index
 * @param previousModIndex the command that wrote the pair before; 0 if there was none
 */
public record Change(Type type, KeyValue kv, long previousModIndex) {

  /** The type of a change. */
  public enum Type {
    /** The pair was written. */
    PUT(0),
    /** The pair was removed, by a caller or with its session. */
    DELETE(1),
    /** The time to live of the pair ended. */
    EXPIRE(2);

    // It is stored on disks: it never changes.
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

  public static Change removed(Type type, KeyValue before, long index) {
    KeyValue removed = new KeyValue(before.key(), Payload.EMPTY, 0, index, 0, 0, 0);
    return new Change(type, removed, before.modIndex());
  }
}
