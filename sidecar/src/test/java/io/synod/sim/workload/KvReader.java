package io.synod.sim.workload;

import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Node;
import io.synod.runtime.port.CompactedException;
import io.synod.runtime.port.JournalException;
import io.synod.sim.check.Violation;
import io.synod.sim.check.client.ReferenceModel;
import io.synod.sim.cluster.Host;
import io.synod.sim.disk.Rng;
import io.synod.sim.run.CoverageMarks.CoverageMark;
import io.synod.state.Lock;
import io.synod.state.State;
import io.synod.state.result.Change;
import io.synod.state.result.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An application that reads pairs: current and past states, lists page by page, and a list that it
 * follows with a watch.
 */
final class KvReader extends SimulatedClient {
  private static final int PAGE = 2;

  private final ReadClient readClient;
  private @Nullable ListPosition position;
  private final TreeMap<String, KeyValue> replica = new TreeMap<>();
  private String followed = "";
  private long cursor;
  private final WatchClient watch = new WatchClient(() -> cursor);

  /** The position of the next page of a list. */
  private record ListPosition(String prefix, String after, long index) {}

  KvReader(Workload workload, Rng rng) {
    super(workload, rng);
    this.readClient = new ReadClient(this);
  }

  @Override
  protected void act(Host host, Node node) {
    int what = rng.below(100);
    if (what < 40) {
      readClient.read(host, node, index -> check(node.reads().state()), this::pause);
      return;
    } else if (what < 60) {
      list(node);
    } else if (what < 70) {
      State past = stateAt(node, node.reads().state().index() - rng.below(200));
      if (past != null) {
        world.mark(CoverageMark.READ_OF_THE_PAST);
        check(past);
        wholly(past);
      }
    } else {
      follow(host, node);
    }
    pause();
  }

  // ---- states

  private void check(State state) {
    ReferenceModel referenceModel = workload.referenceModel();
    String key = rng.below(4) == 0 ? "c" + rng.below(2) : KvOperations.key(rng);
    KeyValue shown = state.get(key);
    KeyValue made = referenceModel.pairAt(key, state.index());
    if (!Objects.equals(shown, made)) {
      throw new Violation(
          "I10", "at index " + state.index() + " " + shown + " is read, the model has " + made);
    }
    String name = KvOperations.lock(rng);
    Lock lock = state.lock(name);
    ReferenceModel.LockGrant held = referenceModel.lockAt(name, state.index());
    boolean same =
        lock == null
            ? held.session() == 0
            : lock.token() == held.token() && lock.holder().session() == held.session();
    if (!same) {
      throw new Violation(
          "I10", "at index " + state.index() + " " + lock + " is read, the model has " + held);
    }
  }

  private static @Nullable State stateAt(Node node, long index) {
    State state = node.reads().stateAt(index);
    if (state != null && state.index() != index) {
      throw new Violation("I10", "the state of " + state.index() + " is shown for " + index);
    }
    return state;
  }

  /** Compares all pairs of a past state, which may be in the middle of a slot. */
  private void wholly(State past) {
    List<KeyValue> shown = new ArrayList<>();
    past.visit("", "", pair -> shown.add(pair));
    List<KeyValue> made = workload.referenceModel().pairsAt("", past.index());
    if (!shown.equals(made)) {
      throw new Violation(
          "I10", "at index " + past.index() + " there are " + shown + ", there were " + made);
    }
  }

  private void list(Node node) {
    ListPosition from = position;
    if (from == null) {
      String prefix = List.of("", "a/", "b/", "e/", "t/").get(rng.below(5));
      from = new ListPosition(prefix, "", node.reads().state().index());
    }
    State state = stateAt(node, from.index());
    if (state == null) {
      world.mark(CoverageMark.PAGE_TOO_OLD);
      position = null;
      return;
    }
    List<KeyValue> page = new ArrayList<>();
    state.visit(
        from.prefix(),
        from.after(),
        pair -> {
          page.add(pair);
          return page.size() < PAGE;
        });
    String after = from.after();
    List<KeyValue> made =
        workload.referenceModel().pairsAt(from.prefix(), from.index()).stream()
            .filter(pair -> pair.key().compareTo(after) > 0)
            .limit(PAGE)
            .toList();
    if (!page.equals(made)) {
      throw new Violation("I10", "a page at " + from + " lists " + page + ", there was " + made);
    }
    if (page.size() == PAGE) {
      world.mark(CoverageMark.LIST_PAGED);
      position = new ListPosition(from.prefix(), page.get(PAGE - 1).key(), from.index());
    } else {
      position = null;
    }
  }

  // ---- watches

  private void follow(Host host, Node node) {
    if (cursor == 0) {
      State state = node.reads().state();
      followed = rng.below(2) == 0 ? "" : KvOperations.key(rng).substring(0, 2);
      replica.clear();
      state.visit(
          followed,
          "",
          pair -> {
            replica.put(pair.key(), pair);
            return true;
          });
      cursor = state.index() + 1;
    } else {
      read(host, node);
    }
  }

  private void read(Host host, Node node) {
    try {
      if (world.profile().keepsLog()) {
        watch.open(host, node);
      }
      AppliedLog.Page page =
          node.appliedLog().page(cursor, 1 + rng.below(30), 200 + rng.below(4_000));
      watch.goesOn(host);
      workload.pairs.page(host.node, cursor, page);
      for (AppliedLog.Item item : page.entries()) {
        item.changes().forEach(this::change);
      }
      cursor = page.next();
    } catch (CompactedException compacted) {
      world.mark(CoverageMark.WATCH_COMPACTED);
      workload.pairs.compacted(cursor, compacted.oldestIndex());
      watch.compacted(host, compacted.oldestIndex());
      restart();
      return;
    } catch (JournalException failed) {
      if (!host.disk.hasFailed() && !host.isRotten()) {
        throw Violation.unexpected(host.node, failed);
      }
      return;
    }
    List<KeyValue> made = workload.referenceModel().pairsAt(followed, cursor - 1);
    if (!List.copyOf(replica.values()).equals(made)) {
      throw new Violation(
          "I12", "a watcher at " + cursor + " has " + replica.values() + ", there is " + made);
    }
    if (rng.below(50) == 0) {
      restart();
    }
  }

  private void restart() {
    watch.close();
    cursor = 0;
  }

  private void change(Change change) {
    if (!change.kv().key().startsWith(followed)) {
      return;
    }
    world.mark(CoverageMark.WATCH_CHANGED);
    if (change.type() == Change.Type.PUT) {
      replica.put(change.kv().key(), change.kv());
    } else {
      replica.remove(change.kv().key());
    }
  }
}
