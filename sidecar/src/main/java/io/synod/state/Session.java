package io.synod.state;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * A session: remembers answers, owns pairs, and may stand in the queue of a lock.
 *
 * @param id the index of the command that opened it
 * @param node the sidecar that opened it
 * @param name for people
 * @param ttlMillis how long it lives without being kept; 0: until it is closed
 * @param renewIndex the command that kept it last; at first the one that opened it
 * @param usedIndex the last command that used or kept it
 * @param ackedBelow never falls; no answer is remembered below it
 * @param answers by sequence
 * @param answerBytes what they hold
 * @param keys the pairs that go with it
 * @param lock the lock in whose queue it stands; "" if none
 */
public record Session(
    long id,
    int node,
    String name,
    long ttlMillis,
    long renewIndex,
    long usedIndex,
    long ackedBelow,
    TreePMap<Long, Answer> answers,
    long answerBytes,
    TreePSet<String> keys,
    String lock) {

  static final TreePSet<String> NO_KEYS = TreePSet.empty(KeyOrder.INSTANCE);

  static Session open(long index, Entry entry, long ttlMillis, String lock) {
    return new Session(
        index,
        entry.node(),
        entry.contentType(),
        ttlMillis,
        index,
        index,
        1,
        TreePMap.empty(),
        0,
        NO_KEYS,
        lock);
  }

  /** How many answers it remembers. */
  public int answerCount() {
    return answers.size();
  }

  /** How many pairs go with it. */
  public int keyCount() {
    return keys.size();
  }

  @Nullable Answer answer(long sequence) {
    return answers.get(sequence);
  }

  Session renewed(long index) {
    return new Session(
        id, node, name, ttlMillis, index, index, ackedBelow, answers, answerBytes, keys, lock);
  }

  Session owning(TreePSet<String> owned) {
    return with(owned);
  }

  /** With an answer more, used by this command. */
  Session answering(long sequence, Answer answer, long index) {
    return remembering(
        index, ackedBelow, answers.plus(sequence, answer), answerBytes + answer.bytes());
  }

  /** Without the answers below this sequence. */
  Session acknowledged(long below) {
    if (below <= ackedBelow) {
      return this;
    }
    TreePMap<Long, Answer> kept = answers;
    long bytes = answerBytes;
    while (!kept.isEmpty() && kept.firstKey() < below) {
      bytes -= kept.firstEntry().getValue().bytes();
      kept = kept.minusFirstEntry();
    }
    return remembering(usedIndex, below, kept, bytes);
  }

  private Session remembering(
      long used, long below, TreePMap<Long, Answer> remembered, long bytes) {
    return new Session(
        id, node, name, ttlMillis, renewIndex, used, below, remembered, bytes, keys, lock);
  }

  private Session with(TreePSet<String> owned) {
    return new Session(
        id,
        node,
        name,
        ttlMillis,
        renewIndex,
        usedIndex,
        ackedBelow,
        answers,
        answerBytes,
        owned,
        lock);
  }
}
