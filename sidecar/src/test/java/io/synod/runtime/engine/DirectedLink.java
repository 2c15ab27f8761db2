package io.synod.runtime.engine;

/** A direction from one node to another. */
public record DirectedLink(int from, int to) {
  public boolean touches(int node) {
    return from == node || to == node;
  }
}
