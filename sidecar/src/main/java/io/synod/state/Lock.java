package io.synod.state;

import io.synod.state.encoding.Payload;
import org.pcollections.TreePMap;

/**
 * A lock that is held.
 *
 * @param token the fencing token: the index of the command that granted it to its holder, greater
 *     than every earlier one
 * @param sinceMillis log time of the grant
 * @param queue its contenders by session, in the order of their requests: the first one holds it,
 *     the others wait
 */
public record Lock(String name, long token, long sinceMillis, TreePMap<Long, Contender> queue) {

  /**
   * A session that holds the lock or waits for it.
   *
   * @param node the sidecar that keeps the session alive
   * @param value the value that it publishes
   */
  public record Contender(long session, int node, Payload value) {}

  /** The contender that holds it. */
  public Contender holder() {
    return queue.firstEntry().getValue();
  }

  /** How many contenders wait. */
  public int waiting() {
    return queue.size() - 1;
  }

  /** The position of this session: 0 holds, 1 is next; -1 if it is no contender. */
  public int position(long session) {
    return queue.containsKey(session) ? queue.headMap(session, false).size() : -1;
  }
}
