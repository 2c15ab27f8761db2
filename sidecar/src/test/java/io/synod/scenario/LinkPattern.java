package io.synod.scenario;

import io.synod.runtime.engine.DirectedLink;

/**
 * Some of the links: {@code 1 -> 3}, {@code 1 - 3} for both directions, {@code 1} for all that
 * begin or end there; a star stands for every node.
 */
record LinkPattern(String from, String arrow, String to) {

  static LinkPattern parse(String text) {
    String[] words = text.strip().split(" +", -1);
    return words.length == 3
        ? new LinkPattern(words[0], words[1], words[2])
        : new LinkPattern(words[0], "-", "*");
  }

  boolean matches(DirectedLink link) {
    boolean there = is(from, link.from()) && is(to, link.to());
    boolean back = is(from, link.to()) && is(to, link.from());
    return there || (arrow.equals("-") && back);
  }

  private static boolean is(String name, int node) {
    return name.equals("*") || name.equals(Integer.toString(node));
  }
}
