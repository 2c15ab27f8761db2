package io.synod.api.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.stub.StreamObserver;
import io.synod.api.SingleNode;
import io.synod.v1.AdminGrpc;
import io.synod.v1.Entry;
import io.synod.v1.EntryKind;
import io.synod.v1.GetRequest;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.KeepSessionRequest;
import io.synod.v1.KeyValue;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse;
import io.synod.v1.ListRequest;
import io.synod.v1.ListResponse;
import io.synod.v1.LogGrpc;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.PutRequest;
import io.synod.v1.PutResponse;
import io.synod.v1.ReadRequest;
import io.synod.v1.SessionState;
import io.synod.v1.SessionsGrpc;
import io.synod.v1.Status;
import io.synod.v1.TakeSnapshotRequest;
import io.synod.v1.TakeSnapshotResponse;
import io.synod.v1.TxnRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The map and its sessions over a real node: core, disk and socket. */
@Timeout(60)
@Tag("slow")
final class SingleNodeKvTest {
  @TempDir private Path folder;

  private SingleNode node;

  @BeforeEach
  void serve() throws Exception {
    node = new SingleNode(folder);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(node.channel);
  }

  private static PutRequest.Builder put(String key, String value) {
    return PutRequest.newBuilder().setKey(key).setValue(ByteString.copyFromUtf8(value));
  }

  @Test
  void putsListsAndWatchesTheSameMap() throws Exception {
    PutResponse first = kv().put(put("k/first", "1").build());
    KvWatcher watcher =
        KvWatcher.open(
            node.channel,
            KvWatchRequest.newBuilder().setPrefix(true).setInitialState(true).build());
    assertThat(watcher.started().getStartIndex()).isGreaterThan(first.getKv().getModIndex());
    List<ListenableFuture<PutResponse>> answers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      answers.add(KVGrpc.newFutureStub(node.channel).put(put("k/" + i % 100, "v" + i).build()));
    }
    long last = 0;
    for (ListenableFuture<PutResponse> answer : answers) {
      last = Math.max(last, answer.get().getKv().getModIndex());
    }

    ListRequest.Builder request = ListRequest.newBuilder().setPrefix("k/").setPageSize(30);
    List<KeyValue> listed = new ArrayList<>();
    ListResponse page = kv().list(request.build());
    long index = page.getIndex();
    while (!page.getNextPageToken().isEmpty()) {
      listed.addAll(page.getKvsList());
      assertThat(kv().put(put("k/later" + listed.size(), "").build()).hasKv()).isTrue();
      page = kv().list(request.setPageToken(page.getNextPageToken()).build());
      assertThat(page.getIndex()).isEqualTo(index);
    }
    listed.addAll(page.getKvsList());
    assertThat(listed).hasSize(101);
    assertThat(watcher.through(last)).isNotEmpty();
    assertThat(watcher.pairs.values()).containsAll(listed);
    KeyValue past =
        kv().get(
                GetRequest.newBuilder()
                    .setKey("k/first")
                    .setAtIndex(first.getKv().getModIndex())
                    .build())
            .getKv();
    assertThat(past).isEqualTo(first.getKv());
  }

  @Test
  void takesASnapshotWhenAskedAndTellsOfIt() {
    kv().put(put("k", "v").build());
    AdminGrpc.AdminBlockingStub admin = AdminGrpc.newBlockingStub(node.channel);
    assertThat(admin.getStatus(GetStatusRequest.getDefaultInstance()).getSnapshotIndex()).isZero();
    TakeSnapshotResponse taken = admin.takeSnapshot(TakeSnapshotRequest.getDefaultInstance());
    Status status = admin.getStatus(GetStatusRequest.getDefaultInstance());
    assertThat(taken.getIndex()).isPositive();
    assertThat(status.getSnapshotIndex()).isEqualTo(taken.getIndex());
    assertThat(status.getSnapshotBytes()).isEqualTo(taken.getSizeBytes()).isPositive();
  }

  @Test
  void tellsAWatcherOfThePastWhatTheLogHolds() {
    long start = kv().put(put("k", "0").build()).getKv().getModIndex();
    for (int i = 1; i < 50; i++) {
      assertThat(kv().put(put("k", "" + i).build()).getPrevious().getValue().toStringUtf8())
          .isEqualTo("" + (i - 1));
    }
    KvWatchRequest all =
        KvWatchRequest.newBuilder().setKey("k").setStartIndex(start).setPrevious(true).build();

    List<KvWatchResponse.Changes> changes = KvWatcher.open(node.channel, all).through(start + 49);

    assertThat(changes).hasSize(50);
    for (int i = 1; i < 50; i++) {
      KvWatchResponse.Change change = changes.get(i).getItems(0);
      assertThat(change.getKv().getValue().toStringUtf8()).isEqualTo("" + i);
      assertThat(change.getPrevious()).isEqualTo(changes.get(i - 1).getItems(0).getKv());
    }
  }

  @Test
  void showsRequestIdsAndKindsInTheLog() {
    ProposeRequest named = ProposeRequest.newBuilder().setRequestId("r-1").build();
    LogGrpc.LogBlockingStub log = LogGrpc.newBlockingStub(node.channel);
    ProposeResponse first = log.propose(named);
    ProposeResponse again = log.propose(named);
    assertThat(kv().put(put("k", "v").setRequestId("r-2").build()).getDeduplicated()).isFalse();
    assertThat(kv().txn(TxnRequest.getDefaultInstance()).getSucceeded()).isTrue();

    List<Entry> entries =
        log.read(ReadRequest.newBuilder().setIncludeInternal(true).build()).getEntriesList();

    assertThat(again.getIndex()).isEqualTo(first.getIndex());
    assertThat(again.getDeduplicated()).isTrue();
    assertThat(entries)
        .extracting(Entry::getKind)
        .containsExactly(
            EntryKind.ENTRY_KIND_SESSION,
            EntryKind.ENTRY_KIND_COMMAND,
            EntryKind.ENTRY_KIND_KV,
            EntryKind.ENTRY_KIND_KV);
    assertThat(entries)
        .extracting(entry -> entry.getOrigin().getRequestId())
        .containsExactly("", "r-1", "r-2", "");
  }

  @Test
  void keepsASessionAndLetsItsPairsGoOnceNobodyKeepsIt() throws Exception {
    SessionsGrpc.SessionsBlockingStub sessions = SessionsGrpc.newBlockingStub(node.channel);
    assertThat(kv().put(put("a", "first").build()).hasKv()).isTrue();
    String session =
        sessions
            .openSession(OpenSessionRequest.newBuilder().setTtl(Durations.fromSeconds(1)).build())
            .getSessionId();
    BlockingQueue<SessionState> told = new LinkedBlockingQueue<>();
    StreamObserver<KeepSessionRequest> names =
        SessionsGrpc.newStub(node.channel).keepSessions(into(told));
    names.onNext(KeepSessionRequest.newBuilder().setSessionId(session).build());
    long gone = kv().put(put("k", "v").setSessionId(session).build()).getKv().getModIndex() + 1;
    // Longer than the session's time to live.
    for (int i = 0; i < 5; i++) {
      SessionState state = told.poll(20, TimeUnit.SECONDS);
      assertThat(state).isNotNull().extracting(SessionState::getOver).isEqualTo(false);
    }
    assertThat(kv().get(GetRequest.newBuilder().setKey("k").build()).hasKv()).isTrue();

    names.onCompleted();

    KvWatcher watcher =
        KvWatcher.open(
            node.channel, KvWatchRequest.newBuilder().setKey("k").setStartIndex(gone).build());
    KvWatchResponse next = watcher.next();
    while (!next.hasChanges()) {
      next = watcher.next();
    }
    assertThat(next.getChanges().getItems(0).getType()).isEqualTo(KvWatchResponse.Type.TYPE_DELETE);
    assertThat(kv().get(GetRequest.newBuilder().setKey("k").build()).hasKv()).isFalse();
  }

  private static StreamObserver<SessionState> into(BlockingQueue<SessionState> told) {
    return new StreamObserver<>() {
      @Override
      public void onNext(SessionState state) {
        told.add(state);
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {}
    };
  }

  @Test
  void letsAPairGoWhenItsTimeIsOver() {
    KeyValue pair = kv().put(put("k", "v").setTtl(Durations.fromSeconds(1)).build()).getKv();
    KvWatcher watcher =
        KvWatcher.open(
            node.channel,
            KvWatchRequest.newBuilder()
                .setKey("k")
                .setStartIndex(pair.getModIndex() + 1)
                .setPrevious(true)
                .build());
    KvWatchResponse next = watcher.next();
    while (!next.hasChanges()) {
      next = watcher.next();
    }

    KvWatchResponse.Change change = next.getChanges().getItems(0);
    assertThat(change.getType()).isEqualTo(KvWatchResponse.Type.TYPE_EXPIRE);
    assertThat(change.getPrevious()).isEqualTo(pair);
    assertThat(
            AdminGrpc.newBlockingStub(node.channel)
                .getStatus(GetStatusRequest.getDefaultInstance())
                .getState()
                .getKeys())
        .isZero();
  }
}
