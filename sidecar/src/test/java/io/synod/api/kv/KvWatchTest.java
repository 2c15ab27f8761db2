package io.synod.api.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.MemoryLog;
import io.synod.api.MemoryNode;
import io.synod.v1.CompactionInfo;
import io.synod.v1.KeyValue;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse;
import io.synod.v1.KvWatchResponse.Change;
import io.synod.v1.KvWatchResponse.Changes;
import io.synod.v1.KvWatchResponse.Progress;
import io.synod.v1.KvWatchResponse.Started;
import io.synod.v1.Op;
import io.synod.v1.PutRequest;
import io.synod.v1.Reason;
import io.synod.v1.TxnRequest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("slow")
final class KvWatchTest extends KvWatchCalls {
  @Test
  void startsWithWhereItStandsAndSaysOnceThatItCaughtUp() {
    put("a", "1");
    KvWatcher watcher = watch(all());

    Started started = watcher.started();
    assertThat(started.getNodeId()).isEqualTo("1");
    assertThat(started.getStartIndex()).isEqualTo(3);
    assertThat(started.getOldestIndex()).isEqualTo(1);
    assertThat(started.getAppliedIndex()).isEqualTo(2);
    assertThat(watcher.mark())
        .isEqualTo(Progress.newBuilder().setIndex(2).setCaughtUp(true).build());
    KeyValue written = put("b", "2");
    Changes changes = watcher.changes();
    assertThat(changes.getIndex()).isEqualTo(3);
    assertThat(changes.getLogTime().getSeconds()).isEqualTo(3);
    assertThat(changes.getItemsList())
        .containsExactly(
            Change.newBuilder().setType(KvWatchResponse.Type.TYPE_PUT).setKv(written).build());
  }

  @Test
  void tellsEveryWayAPairCanChange() {
    KvWatcher watcher = watch(all());
    assertThat(watcher.started().getStartIndex()).isEqualTo(2);
    assertThat(watcher.mark().getIndex()).isEqualTo(1);
    long session = server.node.openSession("s", Duration.ofSeconds(5)).thenApply(it -> 2L).join();
    PutRequest.Builder put = PutRequest.newBuilder();
    assertThat(kv().put(put.setKey("s1").setSessionId("" + session).build()).hasKv()).isTrue();
    assertThat(kv().put(put.setKey("s2").build()).hasKv()).isTrue();
    put("a", "1");
    put("a", "2");
    long deleted = delete("a");
    assertThat(
            kv().put(put.clearSessionId().setKey("t").setTtl(Durations.fromSeconds(1)).build())
                .hasKv())
        .isTrue();
    server.node.log.sleep(5_000);
    server.node.expireKeys();
    server.node.expire(session);

    assertThat(watcher.through(server.node.log.appliedIndex()))
        .extracting(KvWatchTest::texts)
        .containsExactly(
            List.of("PUT s1"),
            List.of("PUT s2"),
            List.of("PUT a"),
            List.of("PUT a"),
            List.of("DELETE a"),
            List.of("PUT t"),
            List.of("EXPIRE t"),
            List.of("DELETE s1", "DELETE s2"));
    assertThat(watcher.pairs).isEmpty();
    Changes gone = watch(all().setStartIndex(deleted)).through(deleted).get(0);
    assertThat(gone.getItems(0).getKv())
        .isEqualTo(KeyValue.newBuilder().setKey("a").setModIndex(deleted).build());
  }

  @Test
  void keepsAllChangesOfOneIndexTogether() {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = 0; i < 10; i++) {
      txn.addSuccess(putOp("k" + i, 10));
    }
    txn.addSuccess(Op.newBuilder().setDeletePrefix("k"));
    txn.addSuccess(putOp("k0", 1));
    long index = kv().txn(txn.build()).getIndex();

    Changes changes = watch(all().setStartIndex(1)).through(index).get(0);

    assertThat(changes.getItemsCount()).isEqualTo(21);
    assertThat(changes.getFragment()).isFalse();
    assertThat(changes.getItems(20).getKv().getVersion()).isEqualTo(1);
  }

  @Test
  void cutsWhatIsTooLargeForOneMessage() {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = 0; i < 10; i++) {
      txn.addSuccess(putOp("k" + i, 100_000));
    }
    long index = kv().txn(txn.build()).getIndex();

    List<Changes> fragments = watch(all().setStartIndex(1)).through(index);

    assertThat(fragments).extracting(Changes::getItemsCount).containsExactly(2, 2, 2, 2, 2);
    assertThat(fragments)
        .extracting(Changes::getFragment)
        .containsExactly(true, true, true, true, false);
    assertThat(fragments).extracting(Changes::getIndex).containsOnly(index);
  }

  @Test
  void followsOneKeyOrOnePrefix() {
    for (String key : List.of("a", "a/1", "ab", "b", "a/2")) {
      put(key, "1");
    }
    long last = server.node.log.appliedIndex();

    assertThat(watch(KvWatchRequest.newBuilder().setKey("a").setStartIndex(1)).through(last))
        .extracting(Changes::getIndex)
        .containsExactly(2L);
    assertThat(watch(all().setKey("a/").setStartIndex(1)).through(last))
        .extracting(Changes::getIndex)
        .containsExactly(3L, 6L);
    assertThat(watch(all().setStartIndex(3)).through(last)).hasSize(4);
  }

  @Test
  void tellsWhatAPairWasBefore() {
    KeyValue first = put("a", "1");
    KeyValue second = put("a", "2");
    delete("a");
    KeyValue anew = put("a", "3");
    server.node.log.trim(2);

    KvWatchRequest.Builder request = all().setStartIndex(2).setPrevious(true);
    List<KeyValue> before =
        watch(request).through(5).stream().map(it -> it.getItems(0).getPrevious()).toList();
    server.node.log.forgetStates(5);
    List<KeyValue> fromLog =
        watch(request).through(5).stream().map(it -> it.getItems(0).getPrevious()).toList();

    KeyValue none = KeyValue.getDefaultInstance();
    assertThat(before).containsExactly(none, first, second, none);
    assertThat(fromLog).isEqualTo(before);
    server.node.log.trim(4);
    Changes deleted = watch(all().setStartIndex(4).setPrevious(true)).through(5).get(0);
    assertThat(deleted.getItems(0).hasPrevious()).isFalse();
    TxnRequest twice =
        TxnRequest.newBuilder().addSuccess(putOp("a", 7)).addSuccess(putOp("a", 8)).build();
    long index = kv().txn(twice).getIndex();
    Changes both = watch(all().setStartIndex(index).setPrevious(true)).through(index).get(0);
    assertThat(both.getItems(0).getPrevious()).isEqualTo(anew);
    assertThat(both.getItems(1).getPrevious()).isEqualTo(both.getItems(0).getKv());
  }

  @Test
  void goesOnWithoutThePreviousPairThatIsTrimmedMeanwhile() {
    put("a", "1");
    KeyValue second = put("a", "2");
    server.node.log.forgetStates(4);
    server.node.log.trimWhenRead(2, 3);

    Changes changes = watch(all().setStartIndex(3).setPrevious(true)).through(3).get(0);

    assertThat(changes.getItems(0).getKv()).isEqualTo(second);
    assertThat(changes.getItems(0).hasPrevious()).isFalse();
    assertThat(server.node.log.oldestIndex()).as("it was looked for").isEqualTo(3);
  }

  @Test
  void marksWhereItIsAtIntervals() {
    KvWatcher watcher = watch(all().setKey("x").setProgressInterval(Durations.fromMillis(100)));
    assertThat(watcher.started().getStartIndex()).isEqualTo(2);
    assertThat(watcher.mark().getIndex()).isEqualTo(1);
    put("a", "1");

    while (watcher.mark().getIndex() < 2) {
      assertThat(watcher.index()).isEqualTo(1);
    }
    assertThat(watcher.mark().getCaughtUp()).isTrue();
  }

  @Test
  void refusesWhatIsTrimmedAtTheStartAndOnTheWay() {
    for (int i = 0; i < 300; i++) {
      put("k", ByteString.copyFrom(new byte[2_000]));
    }
    KvWatcher late = watch(all().setStartIndex(2));
    assertThat(late.started().getStartIndex()).isEqualTo(2);
    assertThat(late.changes().getIndex()).isEqualTo(2);
    server.node.log.trim(301);

    CallError onTheWay = late.refusedAtLast();
    CallError atTheStart = watch(all().setStartIndex(300)).callError();

    for (CallError callError : List.of(onTheWay, atTheStart)) {
      assertThat(callError.code()).isEqualTo(Code.OUT_OF_RANGE);
      assertThat(callError.reason()).isEqualTo(Reason.COMPACTED);
      assertThat(callError.detail(CompactionInfo.class).getOldestIndex()).isEqualTo(301);
    }
    assertThat(atTheStart.detail(CompactionInfo.class).getRequestedIndex()).isEqualTo(300);
    assertThat(watch(all().setStartIndex(301)).through(301)).hasSize(1);
  }

  @Test
  void waitsForAStartThatIsStillToCome() {
    KvWatcher watcher = watch(all().setStartIndex(4));
    assertThat(watcher.started().getStartIndex()).isEqualTo(4);
    put("a", "1");
    put("a", "2");
    put("a", "3");

    assertThat(watcher.through(4)).extracting(Changes::getIndex).containsExactly(4L);
  }

  @Test
  void readsLittleMoreThanWhatASlowReaderTakes() {
    int puts = 3_000;
    for (int i = 0; i < puts; i++) {
      server.node.log.append(MemoryNode.entry(io.synod.state.command.Entry.Kind.COMMAND, 1, 1, 0));
    }
    ByteString value = ByteString.copyFrom(new byte[1_000]);
    for (int i = 0; i < 500; i++) {
      put("k", value);
    }
    long last = server.node.log.appliedIndex();
    long before = server.node.log.bytesPaged();

    assertThat(watch(all().setStartIndex(1)).through(last)).hasSize(500);

    // The client requests single messages: a page is read again for each, but a short one.
    assertThat(server.node.log.bytesPaged() - before).isLessThan(500L * 10 * 1_024);
  }

  @Test
  void readsNothingForAReaderThatTakesNothing() {
    KvWatcher stalled = watch(all());
    assertThat(stalled.started().getStartIndex()).isEqualTo(2);
    long before = server.node.log.bytesPaged();
    ByteString value = ByteString.copyFrom(new byte[10_000]);
    for (int i = 0; i < 1_000; i++) {
      put("k" + i % 7, value);
    }

    assertThat(server.node.log.bytesPaged()).isEqualTo(before);
    List<Changes> all = stalled.through(1_001);
    assertThat(all).hasSize(1_000);
    assertThat(all.get(999).getIndex()).isEqualTo(1_001);
  }

  @Test
  void endsWhenTheSidecarStops() {
    KvWatcher watcher = watch(all());
    assertThat(watcher.started().getStartIndex()).isEqualTo(2);
    server.services.drain();

    assertThat(watcher.refusedAtLast().reason()).isEqualTo(Reason.SHUTTING_DOWN);
    assertThat(server.node.log.subscriptions()).isZero();
  }

  @Test
  void saysFromWhereItStillNeedsTheLog() {
    MemoryLog log = server.node.log;
    log.awaitNeededFrom(Long.MAX_VALUE);
    KvWatcher watcher = watch(all());
    assertThat(watcher.started().getStartIndex() == 2).isTrue();
    // A stalled reader fills its connection; further entries wait in the log.
    long last = 0;
    for (int i = 0; i < 50; i++) {
      last = put("a", ByteString.copyFrom(new byte[200_000])).getModIndex();
    }
    assertThat(log.neededFromIndex()).isBetween(2L, last - 1);
    assertThat(watcher.through(last)).hasSize(50);
    log.awaitNeededFrom(last + 1);
    watcher.cancel();
    log.awaitNeededFrom(Long.MAX_VALUE);
  }
}
