package io.synod.api.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.TestServer;
import io.synod.api.server.ApiLimits;
import io.synod.v1.CompactionInfo;
import io.synod.v1.KeyValue;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse.Changes;
import io.synod.v1.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class KvInitialStateTest extends KvWatchCalls {
  @Test
  void beginsWithThePairsAsTheyAreAndMissesNothingAfterThem() {
    put("a", "1");
    put("b", "1");
    delete("b");
    KvWatcher watcher = watch(all().setInitialState(true));
    assertThat(watcher.started().getStartIndex()).isEqualTo(5);
    KeyValue later = put("c", "1");

    Changes initial = watcher.changes();
    assertThat(initial.getInitial()).isTrue();
    assertThat(initial.getFragment()).isFalse();
    assertThat(initial.getIndex()).isEqualTo(4);
    assertThat(texts(initial)).containsExactly("PUT a");
    Changes next = watcher.through(5).get(0);
    assertThat(next.getInitial()).isFalse();
    assertThat(next.getItems(0).getKv()).isEqualTo(later);
  }

  @Test
  void saysSoWhenThereIsNoPairToBeginWith() {
    put("b", "1");

    for (KvWatchRequest.Builder nothing :
        List.of(all().setKey("a"), KvWatchRequest.newBuilder().setKey("a"))) {
      KvWatcher watcher = watch(nothing.setInitialState(true));
      assertThat(watcher.started().getStartIndex()).isEqualTo(3);
      Changes initial = watcher.changes();
      assertThat(initial.getInitial()).isTrue();
      assertThat(initial.getItemsList()).isEmpty();
      assertThat(watcher.mark().getIndex()).isEqualTo(2);
    }
    KvWatcher one = watch(KvWatchRequest.newBuilder().setKey("b").setInitialState(true));
    assertThat(texts(one.through(2).get(0))).containsExactly("PUT b");
  }

  @Test
  void givesLargeInitialStatesInPiecesOfOneIndex() {
    for (int i = 10; i < 20; i++) {
      put("k" + i, ByteString.copyFrom(new byte[100_000]));
    }
    KvWatcher watcher = watch(all().setInitialState(true));
    assertThat(watcher.started().getStartIndex()).isEqualTo(12);
    Changes first = watcher.changes();
    for (int i = 10; i < 20; i++) {
      put("k" + i, "later");
    }

    List<Changes> rest = watcher.through(21);

    assertThat(first.getFragment()).isTrue();
    assertThat(rest.subList(0, 4)).extracting(Changes::getIndex).containsOnly(11L);
    assertThat(rest.get(3).getFragment()).isFalse();
    assertThat(rest.get(3).getItems(1).getKv().getValue().size()).isEqualTo(100_000);
    assertThat(rest.subList(4, 14)).extracting(Changes::getInitial).containsOnly(false);
  }

  @Test
  void holdsAnOldStateForNoReaderThatStalls() throws IOException {
    server.close();
    server = new TestServer(ApiLimits.defaults().withInitialStatePatience(Duration.ofMillis(40)));
    for (int i = 10; i < 20; i++) {
      put("k" + i, ByteString.copyFrom(new byte[100_000]));
    }
    KvWatcher kept = watch(all().setInitialState(true));
    assertThat(kept.started().getStartIndex()).isEqualTo(12);
    assertThat(kept.changes().getFragment()).isTrue();
    put("k", "later");
    server.node.log.forgetStates(12);

    CallError callError = kept.refusedUnasked();

    assertThat(callError.code()).isEqualTo(Code.OUT_OF_RANGE);
    assertThat(callError.reason()).isEqualTo(Reason.COMPACTED);
    assertThat(callError.detail(CompactionInfo.class).getRequestedIndex()).isEqualTo(11);
    assertThat(callError.detail(CompactionInfo.class).getOldestIndex()).isEqualTo(12);
  }
}
