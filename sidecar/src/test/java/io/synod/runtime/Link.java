package io.synod.runtime;

/** A direction from one node to another. */
record Link(int from, int to) {
  boolean touches(int node) {
    return from == node || to == node;
  }
}
