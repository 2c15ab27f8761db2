package io.synod.state.encoding;

import java.util.Comparator;

/** The order of keys: that of their UTF-8 bytes, which is that of their code points. */
public final class KeyOrder implements Comparator<String> {
  public static final KeyOrder INSTANCE = new KeyOrder();

  private KeyOrder() {}

  @Override
  public int compare(String one, String other) {
    int length = Math.min(one.length(), other.length());
    for (int i = 0; i < length; i++) {
      char left = one.charAt(i);
      char right = other.charAt(i);
      if (left != right) {
        return Integer.compare(rank(left), rank(right));
      }
    }
    return Integer.compare(one.length(), other.length());
  }

  /** Surrogates encode code points above all that one char can be. */
  private static int rank(char unit) {
    return Character.isSurrogate(unit) ? unit + 0x1_0000 : unit;
  }
}
