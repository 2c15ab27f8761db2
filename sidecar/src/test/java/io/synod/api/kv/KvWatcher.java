package io.synod.api.kv;

import io.grpc.Channel;
import io.synod.api.StreamClient;
import io.synod.v1.KVGrpc;
import io.synod.v1.KeyValue;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse;
import io.synod.v1.KvWatchResponse.Changes;
import io.synod.v1.KvWatchResponse.Progress;
import io.synod.v1.KvWatchResponse.Started;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A client that watches the map, one message at a time, and checks the guarantees of watches. Used
 * by one thread.
 */
final class KvWatcher extends StreamClient<KvWatchRequest, KvWatchResponse> {

  /** The pairs it knows, by key, as of {@link #index}. */
  final Map<String, KeyValue> pairs;

  private final List<Changes> fragments = new ArrayList<>();
  private long index;

  private KvWatcher(Map<String, KeyValue> pairs, long index) {
    this.pairs = pairs;
    this.index = index;
  }

  /** Opens a watch that has requested no message yet. */
  static KvWatcher open(Channel channel, KvWatchRequest request) {
    return open(channel, request, new TreeMap<>());
  }

  /** Opens a watch by a client that knows the pairs as of the start. */
  static KvWatcher open(Channel channel, KvWatchRequest request, Map<String, KeyValue> pairs) {
    KvWatcher watcher = new KvWatcher(pairs, Math.max(0, request.getStartIndex() - 1));
    KVGrpc.newStub(channel).watch(request, watcher);
    return watcher;
  }

  /** The index whose state {@link #pairs} is. */
  long index() {
    return index;
  }

  /** Whether it has received part of an index. */
  boolean isWithin() {
    return !fragments.isEmpty();
  }

  Started started() {
    return next().getStarted();
  }

  Progress mark() {
    KvWatchResponse next = next();
    if (!next.hasProgress()) {
      throw new AssertionError("no mark: " + next);
    }
    return next.getProgress();
  }

  Changes changes() {
    KvWatchResponse next = next();
    if (!next.hasChanges()) {
      throw new AssertionError("no changes: " + next);
    }
    return next.getChanges();
  }

  /** Reads messages up to a progress message at or above this index. */
  List<Changes> through(long last) {
    List<Changes> all = new ArrayList<>();
    while (true) {
      KvWatchResponse next = next();
      if (next.hasChanges()) {
        all.add(next.getChanges());
      } else if (next.hasProgress() && next.getProgress().getIndex() >= last) {
        return all;
      }
    }
  }

  @Override
  public KvWatchResponse next() {
    KvWatchResponse message = super.next();
    check(message);
    return message;
  }

  @Override
  @Nullable
  public KvWatchResponse nextOrCompacted() {
    KvWatchResponse message = super.nextOrCompacted();
    if (message != null) {
      check(message);
    }
    return message;
  }

  private void check(KvWatchResponse message) {
    if (message.hasProgress()) {
      check(message.getProgress().getIndex() >= index, "a mark goes back", message);
      check(fragments.isEmpty(), "a mark within an index", message);
      index = message.getProgress().getIndex();
    } else if (message.hasChanges()) {
      check(message.getChanges());
    }
  }

  private void check(Changes changes) {
    boolean first = fragments.isEmpty();
    if (first && !changes.getInitial()) {
      check(changes.getIndex() > index, "index comes twice or goes back from " + index, changes);
    } else if (!first) {
      check(changes.getIndex() == fragments.get(0).getIndex(), "fragments are mixed", changes);
    }
    fragments.add(changes);
    if (!changes.getFragment()) {
      if (changes.getInitial()) {
        pairs.clear();
      }
      fragments.forEach(this::replay);
      fragments.clear();
      index = changes.getIndex();
    }
  }

  private void replay(Changes changes) {
    for (KvWatchResponse.Change change : changes.getItemsList()) {
      KeyValue pair = change.getKv();
      if (change.getType() == KvWatchResponse.Type.TYPE_PUT) {
        pairs.put(pair.getKey(), pair);
      } else {
        pairs.remove(pair.getKey());
      }
    }
  }

  private static void check(boolean holds, String otherwise, Object message) {
    if (!holds) {
      throw new AssertionError(otherwise + ": " + message);
    }
  }
}
