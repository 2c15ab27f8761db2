package io.synod.runtime.read;

import io.synod.paxos.Request;
import io.synod.paxos.ResendBackoff;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Output;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.turn.Participant;
import io.synod.runtime.turn.Progress;
import io.synod.runtime.turn.Published;
import io.synod.runtime.turn.Turn;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The reads of callers at this node that wait until they may be served.
 *
 * <p>A strong read asks the leader which slot this node must have applied, under an id that is
 * never used for others; all reads that wait when a cycle begins share one. A lost answer is
 * requested again, under the same id, since a late answer is valid too: it was made after these
 * reads began. Then, like any other read, it waits until that slot is applied here. A bounded read
 * asks likewise if the state here is too old for it.
 *
 * <p>A session read waits until this process has once known everything that was chosen: an earlier
 * process on this host may have acknowledged more than was recovered from the disk.
 *
 * <p>{@link #add} may be called from any thread, the other methods by the loop's.
 */
public final class PendingReads implements Participant {
  private static final long RETRY_AFTER_MILLIS = 100;

  /** How often deadlines are checked. */
  static final long SWEEP_NANOS = 10_000_000;

  private final CallerLimits callerLimits;
  private final Executor publisher;
  private final ResendBackoff resendBackoff;
  private final List<PendingRead> arrived = new ArrayList<>();
  // Strong reads that wait for the leader's answer, by their common id.
  private final Map<Long, RequestedReads> requested = new LinkedHashMap<>();
  // Reads that wait until enough is applied here.
  private List<PendingRead> applying = new ArrayList<>();
  // Bounded reads that turned out to need the leader's answer.
  private List<PendingRead> tooOld = new ArrayList<>();
  private volatile int waiting;
  private long lastId;
  // A monotonic clock may begin below zero.
  private long sweepAtNanos = Long.MIN_VALUE;
  private long startedAtNanos = Long.MAX_VALUE;
  private @Nullable ReadFreshness ended;

  private record RequestedReads(long atNanos, Request request, List<PendingRead> reads) {}

  public PendingReads(
      CallerLimits callerLimits, Executor publisher, ResendBackoff resendBackoff, long firstId) {
    this.callerLimits = callerLimits;
    this.publisher = publisher;
    this.resendBackoff = resendBackoff;
    this.lastId = firstId;
  }

  /** Adds a read, which is evaluated in the next cycle. */
  CompletableFuture<ReadFreshness> add(PendingRead.ReadRequest request) {
    PendingRead added = new PendingRead(request);
    synchronized (arrived) {
      ReadFreshness always = ended;
      if (always != null) {
        return CompletableFuture.completedFuture(always);
      }
      if (arrived.size() + waiting >= callerLimits.readsMax()) {
        return CompletableFuture.completedFuture(new ReadFreshness.Overloaded(RETRY_AFTER_MILLIS));
      }
      arrived.add(added);
    }
    return added.future;
  }

  @Override
  public boolean onInput(long nowNanos, Input input, List<Output.Envelope> answers) {
    if (input instanceof Input.Reconnected) {
      reconnected();
    }
    return false;
  }

  @Override
  public List<Input> turn(Turn turn) {
    return requests(turn.nanos());
  }

  @Override
  public List<Output.Envelope> onPublished(Published published) {
    for (Output.ReadReady read : published.output().reads()) {
      answered(read.id(), read.slot(), published.nanos());
    }
    return List.of();
  }

  /** How many wait, counted one by one; for the loop's thread. */
  public int held() {
    int held = applying.size() + tooOld.size();
    for (RequestedReads pending : requested.values()) {
      held += pending.reads().size();
    }
    synchronized (arrived) {
      return held + arrived.size();
    }
  }

  /** The reads to request from the core in this cycle. */
  public List<Input> requests(long nowNanos) {
    startedAtNanos = Math.min(startedAtNanos, nowNanos);
    List<Input> inputs = overdue(nowNanos);
    List<PendingRead> together = tooOld;
    tooOld = new ArrayList<>();
    synchronized (arrived) {
      for (PendingRead read : arrived) {
        (read.request.level() == ReadLevel.STRONG ? together : applying).add(read);
      }
      waiting += arrived.size();
      arrived.clear();
    }
    if (!together.isEmpty()) {
      lastId++;
      requested.put(lastId, new RequestedReads(nowNanos, new Request(nowNanos), together));
      inputs.add(new Input.Read(lastId));
    }
    return inputs;
  }

  /**
   * Strong reads that arrived are refused, since the core cannot be asked; the others are added.
   */
  @Override
  public List<Output.Envelope> onStalled(Progress here, List<Input> inputs) {
    List<Runnable> completions = new ArrayList<>();
    applying.addAll(tooOld);
    tooOld.clear();
    synchronized (arrived) {
      for (PendingRead read : arrived) {
        if (read.request.level() == ReadLevel.STRONG) {
          completions.add(() -> read.future.complete(unavailable(here)));
        } else {
          applying.add(read);
        }
      }
      waiting += arrived.size();
      arrived.clear();
    }
    publish(completions);
    return List.of();
  }

  /** The reads whose answer seems lost; the back-off of all of them grows once. */
  private List<Input> overdue(long nowNanos) {
    List<Input> overdue = new ArrayList<>();
    boolean unanswered = false;
    for (Map.Entry<Long, RequestedReads> pending : requested.entrySet()) {
      Request request = pending.getValue().request();
      if (nowNanos >= request.dueNanos(resendBackoff)) {
        unanswered |= !request.isLost();
        request.markSent(nowNanos);
        overdue.add(new Input.Read(pending.getKey()));
      }
    }
    if (unanswered) {
      resendBackoff.onTimeout();
    }
    return overdue;
  }

  /** A connection was replaced: a request or its answer may be lost. */
  public void reconnected() {
    requested.values().forEach(pending -> pending.request().markLost());
  }

  /** The reads with this {@code id} may be served once {@code slot} is applied. */
  public void answered(long id, long slot, long nowNanos) {
    RequestedReads pending = requested.remove(id);
    if (pending != null) {
      resendBackoff.onReply(pending.request().ageNanos(nowNanos));
      for (PendingRead read : pending.reads()) {
        read.slot = slot;
        read.requestedAtNanos = pending.atNanos();
        applying.add(read);
      }
    }
  }

  /** Serves, refuses and fails the reads that it can. */
  @Override
  public void settle(Progress here) {
    List<Runnable> completions = new ArrayList<>();
    boolean sweep = here.isCutOff() || here.nowNanos() >= sweepAtNanos;
    if (sweep) {
      sweepAtNanos = here.nowNanos() + SWEEP_NANOS;
      for (RequestedReads pending : requested.values()) {
        expire(pending.reads(), here, completions);
      }
      requested.values().removeIf(pending -> pending.reads().isEmpty());
    }
    if (!applying.isEmpty()) {
      List<PendingRead> left = new ArrayList<>();
      for (PendingRead read : applying) {
        if (!serve(read, here, completions)) {
          left.add(read);
        }
      }
      applying = left;
    }
    publish(completions);
  }

  /** Serves or refuses reads that no longer wait for the leader's answer. */
  private void expire(List<PendingRead> reads, Progress here, List<Runnable> completions) {
    for (Iterator<PendingRead> each = reads.iterator(); each.hasNext(); ) {
      PendingRead read = each.next();
      boolean late = read.request.deadlineNanos() <= here.nowNanos();
      // Meanwhile a heartbeat may have carried the freshness that was requested.
      boolean leaderWithinBound = read.isLeaderWithinBound(here);
      if (here.isCutOff() || late || leaderWithinBound || read.future.isDone()) {
        each.remove();
        ReadFreshness answer =
            read.request.level() == ReadLevel.BOUNDED ? read.answer(here) : unavailable(here);
        completions.add(() -> read.future.complete(answer));
      }
    }
  }

  private boolean serve(PendingRead read, Progress here, List<Runnable> completions) {
    PendingRead.ReadRequest request = read.request;
    if (read.future.isDone()) {
      // The caller cancelled it. It is counted off like the others.
      completions.add(() -> {});
      return true;
    }
    boolean late = request.deadlineNanos() <= here.nowNanos();
    boolean reached = here.index() >= request.atLeastIndex();
    boolean waitsToCatchUp = request.level() == ReadLevel.SESSION && !hasCaughtUp(here);
    boolean applied = here.slot() >= read.slot || read.isLeaderWithinBound(here);
    if (reached && applied && !waitsToCatchUp) {
      if (read.isTooOld(here) && !late && !here.isCutOff()) {
        tooOld.add(read);
        return true;
      }
      ReadFreshness answer = read.answer(here);
      completions.add(() -> read.future.complete(answer));
      return true;
    }
    if (waitsToCatchUp && here.isCutOff()) {
      completions.add(() -> read.future.complete(unavailable(here)));
      return true;
    }
    if (late) {
      ReadFreshness missed = read.missed(here, reached);
      completions.add(() -> read.future.complete(missed));
      return true;
    }
    return false;
  }

  @Override
  public long nextWakeNanos() {
    if (!tooOld.isEmpty()) {
      return Long.MIN_VALUE;
    }
    return waiting == 0 ? Long.MAX_VALUE : sweepAtNanos;
  }

  @Override
  public void stop(Progress here) {
    end(unavailable(here));
  }

  /** Sets whether the state here is wrong. */
  public void quarantine(boolean wrong) {
    if (wrong) {
      end(new ReadFreshness.Quarantined());
      return;
    }
    synchronized (arrived) {
      // A node that stopped meanwhile stays so.
      ended = ended instanceof ReadFreshness.Quarantined ? null : ended;
    }
  }

  /** Answers all waiting reads, and from now on all new ones. */
  private void end(ReadFreshness always) {
    List<PendingRead> left = new ArrayList<>(applying);
    left.addAll(tooOld);
    requested.values().forEach(pending -> left.addAll(pending.reads()));
    synchronized (arrived) {
      ended = always;
      left.addAll(arrived);
      arrived.clear();
      waiting = 0;
    }
    requested.clear();
    applying.clear();
    tooOld.clear();
    publisher.execute(() -> left.forEach(read -> read.future.complete(always)));
  }

  private void publish(List<Runnable> completions) {
    if (!completions.isEmpty()) {
      synchronized (arrived) {
        waiting -= completions.size();
      }
      publisher.execute(() -> completions.forEach(Runnable::run));
    }
  }

  /** Whether everything is known here that was chosen at some moment since the process began. */
  private boolean hasCaughtUp(Progress here) {
    return here.view().freshAtNanos() >= startedAtNanos;
  }

  private static ReadFreshness unavailable(Progress here) {
    return new ReadFreshness.Unavailable(here.available());
  }
}
