package io.synod.paxos.value;

import java.util.Arrays;

/**
 * An opaque command that a client proposes: bytes that Paxos orders and never interprets. The bytes
 * never change.
 */
public final class Command {
  private final byte[] bytes;

  private Command(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes the array over: the caller must not write to it again. */
  public static Command of(byte[] bytes) {
    return new Command(bytes);
  }

  /** The shared array: read it, never write to it. */
  public byte[] bytes() {
    return bytes;
  }

  /** Length in bytes. */
  public int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Command command && Arrays.equals(bytes, command.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "command of " + bytes.length + " bytes";
  }
}
