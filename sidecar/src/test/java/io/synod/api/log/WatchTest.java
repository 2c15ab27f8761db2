package io.synod.api.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.LogWatcher;
import io.synod.api.MemoryLog;
import io.synod.api.MemoryNode;
import io.synod.api.TestServer;
import io.synod.api.server.ApiLimits;
import io.synod.runtime.node.AppliedLog;
import io.synod.state.command.Entry;
import io.synod.v1.CompactionInfo;
import io.synod.v1.Reason;
import io.synod.v1.WatchProgress;
import io.synod.v1.WatchRequest;
import io.synod.v1.WatchResponse;
import io.synod.v1.WatchStarted;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WatchTest {
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer(new ApiLimits(1 << 20, 2, 1, 10, 100));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private LogWatcher watch(WatchRequest.Builder request) {
    return LogWatcher.open(server, request.build());
  }

  private LogWatcher watch(long from) {
    return watch(WatchRequest.newBuilder().setStartIndex(from));
  }

  private AppliedLog.Item append(int bytes) {
    return server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, bytes));
  }

  private static List<Long> indexes(List<io.synod.v1.Entry> entries) {
    return entries.stream().map(io.synod.v1.Entry::getIndex).toList();
  }

  @Test
  void startsWithWhereItStands() {
    append(1);
    append(1);

    WatchStarted started = watch(2).started();

    assertThat(started.getNodeId()).isEqualTo("1");
    assertThat(started.getStartIndex()).isEqualTo(2);
    assertThat(started.getOldestIndex()).isEqualTo(1);
    assertThat(started.getAppliedIndex()).isEqualTo(3);
  }

  @Test
  void deliversThePastThenOneMarkThenThePresent() {
    append(1);
    append(1);
    LogWatcher watcher = watch(2);
    assertThat(watcher.next().hasStarted()).isTrue();

    assertThat(indexes(watcher.next().getBatch().getEntriesList())).containsExactly(2L, 3L);
    WatchProgress mark = watcher.mark();
    assertThat(mark.getIndex()).isEqualTo(3);
    assertThat(mark.getChosenIndex()).isEqualTo(3);
    assertThat(mark.getCaughtUp()).isTrue();
    assertThat(Durations.toMillis(mark.getLeaderContact())).isEqualTo(1);
    append(1);
    assertThat(indexes(watcher.next().getBatch().getEntriesList())).containsExactly(4L);
    append(1);
    assertThat(indexes(watcher.next().getBatch().getEntriesList())).containsExactly(5L);
  }

  @Test
  void startsBehindWhatIsAppliedWhenNoStartIsGiven() {
    append(1);
    LogWatcher watcher = watch(0);

    assertThat(watcher.started().getStartIndex()).isEqualTo(3);
    assertThat(watcher.mark().getIndex()).isEqualTo(2);
    append(1);
    assertThat(indexes(watcher.next().getBatch().getEntriesList())).containsExactly(3L);
  }

  @Test
  void waitsForAStartInTheFutureAndLeavesOutWhatIsBefore() {
    LogWatcher watcher = watch(4);
    assertThat(watcher.started().getStartIndex()).isEqualTo(4);
    assertThat(watcher.mark().getIndex()).isEqualTo(3);

    append(1);
    append(1);
    append(1);

    assertThat(indexes(watcher.next().getBatch().getEntriesList())).containsExactly(4L);
  }

  @Test
  void saysAtEveryIntervalWhereAQuietWatchIs() {
    LogWatcher watcher =
        watch(WatchRequest.newBuilder().setProgressInterval(Durations.fromMillis(100)));
    assertThat(watcher.next().hasStarted()).isTrue();

    for (int i = 0; i < 3; i++) {
      WatchProgress mark = watcher.mark();
      assertThat(mark.getIndex()).isEqualTo(1);
      assertThat(mark.getCaughtUp()).isTrue();
    }
  }

  @Test
  void showsInternalEntriesOnlyOnRequest() {
    server.node.log.append(MemoryNode.entry(Entry.Kind.OPEN_SESSION, 0, 1, 0));
    append(1);

    assertThat(indexes(watch(1).entriesThrough(3))).containsExactly(3L);
    assertThat(
            indexes(
                watch(WatchRequest.newBuilder().setStartIndex(1).setIncludeInternal(true))
                    .entriesThrough(3)))
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void keepsMessagesWithinTheirSizeAndNeverSplitsAnEntry() {
    for (int i = 0; i < 50; i++) {
      append(i % 10 == 0 ? 5_000 : 300);
    }
    LogWatcher watcher = watch(WatchRequest.newBuilder().setStartIndex(2).setMaxBatchBytes(1_000));
    assertThat(watcher.next().hasStarted()).isTrue();

    int entries = 0;
    while (entries < 50) {
      WatchResponse message = watcher.next();
      entries += message.getBatch().getEntriesCount();
      assertThat(message.getSerializedSize() <= 1_010 || message.getBatch().getEntriesCount() == 1)
          .isTrue();
    }
    assertThat(watcher.mark().getIndex()).isEqualTo(51);
  }

  @Test
  void refusesAPastThatIsGone() {
    append(1);
    append(1);
    server.node.log.trim(3);

    CallError callError = watch(2).callError();

    assertThat(callError.code()).isEqualTo(Code.OUT_OF_RANGE);
    assertThat(callError.reason()).isEqualTo(Reason.COMPACTED);
    assertThat(callError.detail(CompactionInfo.class))
        .isEqualTo(CompactionInfo.newBuilder().setRequestedIndex(2).setOldestIndex(3).build());
  }

  @Test
  void endsAWatchThatTheTrimmingOvertookInsteadOfLeavingAGap() {
    LogWatcher watcher = watch(2);
    assertThat(watcher.next().hasStarted()).isTrue();
    assertThat(watcher.next().hasProgress()).isTrue();
    append(1);
    append(1);
    server.node.log.trim(3);

    assertThat(watcher.callError().reason()).isEqualTo(Reason.COMPACTED);
  }

  @Test
  void refusesOneWatchTooManyUntilAnotherEnds() throws InterruptedException {
    LogWatcher first = watch(1);
    assertThat(first.next().hasStarted()).isTrue();
    assertThat(watch(1).next().hasStarted()).isTrue();
    assertThat(server.services.openWatches()).isEqualTo(2);

    assertThat(watch(1).callError().reason()).isEqualTo(Reason.OVERLOADED);
    assertThat(server.ended.poll(20, TimeUnit.SECONDS)).isEqualTo("Watch RESOURCE_EXHAUSTED");
    first.cancel();
    assertThat(server.ended.poll(20, TimeUnit.SECONDS)).isEqualTo("Watch CANCELLED");

    assertThat(server.services.openWatches()).isEqualTo(1);
    assertThat(watch(1).next().hasStarted()).isTrue();
  }

  @Test
  void endsWithShuttingDownAndSubscribesNoMore() {
    LogWatcher watcher = watch(0);
    assertThat(watcher.next().hasStarted()).isTrue();
    assertThat(watcher.next().hasProgress()).isTrue();

    server.services.drain();

    CallError callError = watcher.callError();
    assertThat(callError.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(callError.reason()).isEqualTo(Reason.SHUTTING_DOWN);
    assertThat(watch(0).callError().reason()).isEqualTo(Reason.SHUTTING_DOWN);
    assertThat(server.services.openWatches()).isZero();
    assertThat(server.node.log.subscriptions()).isZero();
  }

  @Test
  void endsWithATypedErrorWhenTheDiskIsDamaged() {
    append(1);
    server.node.log.damage();
    LogWatcher watcher = watch(1);
    assertThat(watcher.next().hasStarted()).isTrue();

    assertThat(watcher.callError().reason()).isEqualTo(Reason.DAMAGED);
  }

  @Test
  void readsNoFurtherThanAStalledWatcherTakes() {
    LogWatcher stalled = watch(WatchRequest.newBuilder().setStartIndex(2).setMaxBatchBytes(10_000));
    assertThat(stalled.next().hasStarted()).isTrue();
    int entries = 2_000;
    for (int i = 0; i < entries; i++) {
      append(1_000);
    }

    // The other watch is served by the same threads as the stalled one.
    assertThat(watch(2).entriesThrough(entries + 1)).hasSize(entries);
    assertThat(server.node.log.bytesPaged()).isLessThan(entries * 1_000L * 5 / 4 + 300_000);
    assertThat(stalled.entriesThrough(entries + 1)).hasSize(entries);
  }

  @Test
  void saysFromWhereItStillNeedsTheLog() {
    MemoryLog log = server.node.log;
    log.awaitNeededFrom(Long.MAX_VALUE);
    LogWatcher watcher = watch(2);
    assertThat(watcher.next().hasStarted()).isTrue();
    // A stalled reader fills its connection; further entries wait in the log.
    long last = 0;
    for (int i = 0; i < 50; i++) {
      last = append(200_000).index();
    }
    assertThat(log.neededFromIndex()).isBetween(2L, last - 1);
    assertThat(watcher.entriesThrough(last)).hasSize(50);
    log.awaitNeededFrom(last + 1);
    watcher.cancel();
    log.awaitNeededFrom(Long.MAX_VALUE);
  }
}
