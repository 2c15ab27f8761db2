package io.synod.state;

import io.synod.state.command.SessionKind;
import io.synod.state.encoding.KeyOrder;
import io.synod.state.encoding.StateCheck;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * A session: it remembers answers for exactly-once commands, owns pairs, and may be a contender for
 * a lock.
 *
 * @param opened its constant attributes
 * @param renewIndex the last command that renewed it; at first the one that opened it
 * @param usedIndex the last command that used or renewed it
 * @param ackedBelow never falls; no answer to a lower sequence is remembered
 * @param cachedReplies by sequence
 * @param answerBytes the size of the remembered answers
 * @param keys the pairs that are removed when it ends
 */
public record Session(
    Opened opened,
    long renewIndex,
    long usedIndex,
    long ackedBelow,
    TreePMap<Long, CachedReply> cachedReplies,
    long answerBytes,
    TreePSet<String> keys) {

  static final TreePSet<String> NO_KEYS = TreePSet.empty(KeyOrder.INSTANCE);

  /**
   * The constant attributes of a session.
   *
   * @param id the index of the command that opened it
   * @param node the sidecar that opened it
   * @param name a display name
   * @param ttlMillis after how long without a renewal it expires; 0: never
   * @param lock the lock for which it is a contender; "" if none
   * @param kind which component owns it
   */
  public record Opened(
      long id, int node, String name, long ttlMillis, String lock, SessionKind kind) {}

  public static Session open(Opened opened) {
    return new Session(opened, opened.id(), opened.id(), 1, TreePMap.empty(), 0, NO_KEYS);
  }

  /** The index of the command that opened it. */
  public long id() {
    return opened.id();
  }

  /** The sidecar that opened it. */
  public int node() {
    return opened.node();
  }

  /** Its display name. */
  public String name() {
    return opened.name();
  }

  /** After how long without a renewal it expires; 0: never. */
  public long ttlMillis() {
    return opened.ttlMillis();
  }

  /** The lock for which it is a contender; "" if none. */
  public String lock() {
    return opened.lock();
  }

  /** Which component owns it. */
  public SessionKind kind() {
    return opened.kind();
  }

  /** Whether it is a sidecar's own; there is at most one of each kind per node. */
  public boolean isOwn() {
    return opened.kind() != SessionKind.CALLER;
  }

  /** How many answers it remembers. */
  public int answerCount() {
    return cachedReplies.size();
  }

  /** How many pairs are removed when it ends. */
  public int keyCount() {
    return keys.size();
  }

  @Nullable
  public CachedReply answer(long sequence) {
    return cachedReplies.get(sequence);
  }

  public Session renewed(long index) {
    return new Session(opened, index, index, ackedBelow, cachedReplies, answerBytes, keys);
  }

  public Session owning(TreePSet<String> owned) {
    return new Session(
        opened, renewIndex, usedIndex, ackedBelow, cachedReplies, answerBytes, owned);
  }

  /** This session with one more answer, used by this command. */
  public Session answering(long sequence, CachedReply cachedReply, long index) {
    StateCheck.that(
        sequence >= ackedBelow,
        "no answer is remembered below the acknowledged sequences",
        sequence,
        ackedBelow);
    StateCheck.that(!cachedReplies.containsKey(sequence), "a sequence is answered once");
    return remembering(
        index,
        ackedBelow,
        cachedReplies.plus(sequence, cachedReply),
        answerBytes + cachedReply.bytes());
  }

  /** This session without the answers below this sequence. */
  public Session acknowledged(long below) {
    if (below <= ackedBelow) {
      return this;
    }
    TreePMap<Long, CachedReply> kept = cachedReplies;
    long bytes = answerBytes;
    while (!kept.isEmpty() && kept.firstKey() < below) {
      bytes -= kept.firstEntry().getValue().bytes();
      kept = kept.minusFirstEntry();
    }
    StateCheck.that(
        kept.isEmpty() ? bytes == 0 : bytes >= 0,
        "the bytes are those of the answers",
        bytes,
        below);
    return remembering(usedIndex, below, kept, bytes);
  }

  private Session remembering(
      long used, long below, TreePMap<Long, CachedReply> remembered, long bytes) {
    return new Session(opened, renewIndex, used, below, remembered, bytes, keys);
  }
}
