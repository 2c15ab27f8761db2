package io.synod.runtime.engine;

/** A link from one node to another, in one direction. */
public record DirectedLink(int from, int to) {
  public boolean touches(int node) {
    return from == node || to == node;
  }
}
