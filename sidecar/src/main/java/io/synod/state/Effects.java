package io.synod.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What applying a slot did, as bytes that nobody else reads: empty when every command of it took
 * effect.
 *
 * <p>Layout, big-endian: for each command without effect its position (4), rising.
 */
public final class Effects {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private Effects() {}

  /** The effects of a slot of which the commands at these positions, rising, had none. */
  public static byte[] ofSkips(List<Integer> positions) {
    byte[] effects = new byte[positions.size() * Integer.BYTES];
    int at = 0;
    for (int position : positions) {
      INT.set(effects, at, position);
      at += Integer.BYTES;
    }
    return effects;
  }

  /** Whether the command at this position, from 0, had no effect. */
  public static boolean isSkipped(byte[] effects, int position) {
    for (int at = 0; at + Integer.BYTES <= effects.length; at += Integer.BYTES) {
      if ((int) INT.get(effects, at) == position) {
        return true;
      }
    }
    return false;
  }
}
