package io.synod.api;

import io.synod.v1.Entry;
import io.synod.v1.LogGrpc;
import io.synod.v1.WatchProgress;
import io.synod.v1.WatchRequest;
import io.synod.v1.WatchResponse;
import io.synod.v1.WatchStarted;
import java.util.ArrayList;
import java.util.List;

/** A client that watches the log. */
public final class LogWatcher extends StreamClient<WatchRequest, WatchResponse> {

  /** Opens a watch that has requested no message yet. */
  public static LogWatcher open(TestServer server, WatchRequest request) {
    return open(LogGrpc.newStub(server.channel), request);
  }

  public static LogWatcher open(LogGrpc.LogStub stub, WatchRequest request) {
    LogWatcher watcher = new LogWatcher();
    stub.watch(request, watcher);
    return watcher;
  }

  public static WatchRequest from(long index) {
    return WatchRequest.newBuilder().setStartIndex(index).build();
  }

  public WatchStarted started() {
    return next().getStarted();
  }

  public WatchProgress mark() {
    return next().getProgress();
  }

  /**
   * Reads messages up to the first progress message at or above {@code through}, and checks each of
   * those.
   */
  public List<Entry> entriesThrough(long through) {
    List<Entry> entries = new ArrayList<>();
    long marked = 0;
    while (marked < through) {
      WatchResponse message = next();
      for (Entry entry : message.getBatch().getEntriesList()) {
        if (entry.getIndex() <= marked) {
          throw new AssertionError(entry.getIndex() + " after the mark " + marked);
        }
        entries.add(entry);
      }
      if (message.hasProgress()) {
        marked = message.getProgress().getIndex();
      }
    }
    return entries;
  }
}
