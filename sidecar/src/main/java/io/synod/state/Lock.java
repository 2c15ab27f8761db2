package io.synod.state;

import io.synod.state.encoding.Payload;
import org.pcollections.TreePMap;

/**
 * A lock that is held.
 *
 * @param token the command that granted it to its holder: greater than every one before
 * @param sinceMillis log time of the grant
 * @param queue by session, in the order in which they asked: the first one holds, the rest wait
 */
public record Lock(String name, long token, long sinceMillis, TreePMap<Long, Contender> queue) {

  /**
   * Who holds it or waits for it.
   *
   * @param node the sidecar that keeps its session
   * @param value what it proclaims
   */
  public record Contender(long session, int node, Payload value) {}

  /** Who holds it. */
  public Contender holder() {
    return queue.firstEntry().getValue();
  }

  /** How many wait. */
  public int waiting() {
    return queue.size() - 1;
  }

  /** The place of this session: 0 holds, 1 is next; -1 if it is not here. */
  public int position(long session) {
    return queue.containsKey(session) ? queue.headMap(session, false).size() : -1;
  }
}
