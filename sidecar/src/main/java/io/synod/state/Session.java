package io.synod.state;

import io.synod.state.command.SessionKind;
import io.synod.state.encoding.KeyOrder;
import io.synod.state.encoding.StateCheck;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * A session: remembers answers, owns pairs, and may stand in the queue of a lock.
 *
 * @param opened what is known of it since it was opened
 * @param renewIndex the command that kept it last; at first the one that opened it
 * @param usedIndex the last command that used or kept it
 * @param ackedBelow never falls; no answer is remembered below it
 * @param cachedReplies by sequence
 * @param answerBytes what they hold
 * @param keys the pairs that go with it
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
   * What does not change.
   *
   * @param id the index of the command that opened it
   * @param node the sidecar that opened it
   * @param name for people
   * @param ttlMillis how long it lives without being kept; 0: until it is closed
   * @param lock the lock in whose queue it stands; "" if none
   * @param kind whose it is
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

  /** A name for people. */
  public String name() {
    return opened.name();
  }

  /** How long it lives without being kept; 0: until it is closed. */
  public long ttlMillis() {
    return opened.ttlMillis();
  }

  /** The lock in whose queue it stands; "" if none. */
  public String lock() {
    return opened.lock();
  }

  /** Whose it is. */
  public SessionKind kind() {
    return opened.kind();
  }

  /** Whether it is a sidecar's own, of which there is one of a kind on each node. */
  public boolean isOwn() {
    return opened.kind() != SessionKind.CALLER;
  }

  /** How many answers it remembers. */
  public int answerCount() {
    return cachedReplies.size();
  }

  /** How many pairs go with it. */
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

  /** With an answer more, used by this command. */
  public Session answering(long sequence, CachedReply cachedReply, long index) {
    StateCheck.that(
        sequence >= ackedBelow, "no answer is remembered below it", sequence, ackedBelow);
    StateCheck.that(!cachedReplies.containsKey(sequence), "a sequence is answered once");
    return remembering(
        index,
        ackedBelow,
        cachedReplies.plus(sequence, cachedReply),
        answerBytes + cachedReply.bytes());
  }

  /** Without the answers below this sequence. */
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
