package io.synod.runtime.read;

import io.synod.paxos.value.Message;
import io.synod.paxos.value.Vote;
import io.synod.runtime.node.VoteReport;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Queries the disks of all nodes for one slot. It has no effect on the protocol; an answer that
 * does not come in time is left out. Any thread may call any method.
 */
public final class VoteQuery {
  private static final int OPEN_MAX = 1_000;

  private final AtomicLong lastId;
  private final ConcurrentHashMap<Long, Asking> open = new ConcurrentHashMap<>();

  private final ConcurrentLinkedQueue<Question> questions = new ConcurrentLinkedQueue<>();

  private static final class Asking {
    private final long slot;
    private final Set<Integer> missing;
    private final Map<Integer, List<Vote>> votes = new TreeMap<>();
    private final Map<Integer, Long> chosenThrough = new TreeMap<>();
    private final CompletableFuture<VoteReport> future = new CompletableFuture<>();

    private Asking(long slot, Set<Integer> missing) {
      this.slot = slot;
      this.missing = new TreeSet<>(missing);
    }

    private VoteReport soFar() {
      return new VoteReport(slot, new TreeMap<>(votes), new TreeMap<>(chosenThrough));
    }
  }

  public VoteQuery(long firstId) {
    this.lastId = new AtomicLong(firstId);
  }

  /** A query that is to be sent to all nodes. */
  public record Question(long id, long slot, CompletableFuture<VoteReport> answer) {}

  /** Adds a query to {@code nodes} for the next turn; null if too many are open. */
  @Nullable
  public Question begin(long slot, Set<Integer> nodes) {
    if (open.size() >= OPEN_MAX) {
      return null;
    }
    long id = lastId.incrementAndGet();
    Asking begun = new Asking(slot, nodes);
    Question question = new Question(id, slot, begun.future);
    open.put(id, begun);
    questions.add(question);
    return question;
  }

  /** The next query that was not sent yet. */
  @Nullable Question next() {
    return questions.poll();
  }

  /** Handles an answer. */
  public void answered(int from, Message.VoteAnswer answer) {
    Asking found = open.get(answer.id());
    if (found == null || found.slot != answer.slot()) {
      return;
    }
    synchronized (found) {
      if (found.missing.remove(from)) {
        found.votes.put(from, answer.votes());
        found.chosenThrough.put(from, answer.chosenThrough());
      }
      if (found.missing.isEmpty()) {
        open.remove(answer.id());
        found.future.complete(found.soFar());
      }
    }
  }

  /** Ends a query: returns the answers that have arrived. */
  public VoteReport end(long id, long slot) {
    Asking found = open.remove(id);
    if (found == null) {
      return new VoteReport(slot, Map.of(), Map.of());
    }
    synchronized (found) {
      return found.soFar();
    }
  }
}
