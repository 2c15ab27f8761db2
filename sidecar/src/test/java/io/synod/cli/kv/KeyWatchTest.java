package io.synod.cli.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Terminal;
import io.synod.v1.KeyValue;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse;
import io.synod.v1.KvWatchResponse.Change;
import io.synod.v1.KvWatchResponse.Changes;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code synod watch --prefix} and {@code --key}. */
@SuppressWarnings("NullAway.Init") // set before each test
final class KeyWatchTest {
  private CannedSidecar sidecar;

  @BeforeEach
  void start() throws IOException {
    sidecar = new CannedSidecar();
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  private static KvWatchResponse started(long start) {
    return KvWatchResponse.newBuilder()
        .setStarted(
            KvWatchResponse.Started.newBuilder()
                .setNodeId("3")
                .setStartIndex(start)
                .setOldestIndex(1)
                .setAppliedIndex(9))
        .build();
  }

  private static KeyValue pair(String key, String value, long version) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(ByteString.copyFromUtf8(value))
        .setVersion(version)
        .build();
  }

  private static Change change(KvWatchResponse.Type type, KeyValue kv) {
    return Change.newBuilder().setType(type).setKv(kv).build();
  }

  private static Changes.Builder changes(long index, Change... items) {
    Changes.Builder changes = Changes.newBuilder().setIndex(index);
    for (Change item : items) {
      changes.addItems(item);
    }
    return changes;
  }

  private static KvWatchResponse told(Changes.Builder changes) {
    return KvWatchResponse.newBuilder().setChanges(changes).build();
  }

  private static KvWatchResponse progress(long index) {
    return KvWatchResponse.newBuilder()
        .setProgress(KvWatchResponse.Progress.newBuilder().setIndex(index).setCaughtUp(true))
        .build();
  }

  @Test
  void showsEveryKindOfChange() {
    sidecar.answer(
        KvWatchRequest.class,
        started(10),
        told(changes(10, change(KvWatchResponse.Type.TYPE_PUT, pair("o/1", "a\nb", 1)))),
        told(
            changes(
                12,
                change(KvWatchResponse.Type.TYPE_PUT, pair("o/2", "c", 4)).toBuilder()
                    .setPrevious(pair("o/2", "b", 3))
                    .build(),
                change(KvWatchResponse.Type.TYPE_DELETE, pair("o/3", "", 0)))),
        told(changes(13, change(KvWatchResponse.Type.TYPE_EXPIRE, pair("o/4", "", 0)))),
        progress(20));

    Terminal run = Terminal.run(sidecar, "watch", "--prefix=o/", "--from=10", "--previous");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.UNAVAILABLE);
    assertThat(run.out())
        .isEqualTo(
            """
               INDEX  CHANGE  VERSION  KEY = VALUE
                  10  put           1  o/1 = hex:610a62
                  12  put           4  o/2 = c  (was b)
                  12  delete           o/3
                  13  expire           o/4
            """);
    assertThat(run.err()).contains("# go on with: synod watch --prefix o/ --from 21");
    assertThat(sidecar.requests(KvWatchRequest.class))
        .containsExactly(
            KvWatchRequest.newBuilder()
                .setKey("o/")
                .setPrefix(true)
                .setStartIndex(10)
                .setPrevious(true)
                .setProgressInterval(Durations.fromSeconds(5))
                .build());
  }

  @Test
  void beginsAgainWhenTheInitialStateDidNotComeWhole() {
    sidecar.answer(
        KvWatchRequest.class,
        started(10),
        told(
            changes(9, change(KvWatchResponse.Type.TYPE_PUT, pair("a", "1", 1)))
                .setInitial(true)
                .setFragment(true)));

    Terminal run = Terminal.run(sidecar, "watch", "--prefix=", "--initial-state");

    assertThat(run.out()).contains("9  initial       1  a = 1");
    assertThat(run.err())
        .contains("# start again with: synod watch --prefix '' --initial-state")
        .doesNotContain("--from");
  }

  @Test
  void goesOnBehindTheInitialStateOnceItCameWhole() {
    sidecar.answer(
        KvWatchRequest.class,
        started(10),
        told(
            changes(9, change(KvWatchResponse.Type.TYPE_PUT, pair("a", "1", 1)))
                .setInitial(true)
                .setFragment(true)),
        told(
            changes(9, change(KvWatchResponse.Type.TYPE_PUT, pair("b", "1", 1))).setInitial(true)));

    Terminal run = Terminal.run(sidecar, "watch", "--key=a", "--initial-state");

    assertThat(run.err()).contains("# go on with: synod watch --key a --from 10");
  }

  @Test
  void doesNotEndBetweenChangesOfOneIndex() throws IOException {
    Changes.Builder first =
        changes(4, change(KvWatchResponse.Type.TYPE_PUT, pair("a", "1", 1))).setFragment(true);
    Changes.Builder second = changes(4, change(KvWatchResponse.Type.TYPE_PUT, pair("b", "1", 1)));
    sidecar.answer(
        KvWatchRequest.class,
        started(4),
        told(first),
        told(second),
        told(changes(5, change(KvWatchResponse.Type.TYPE_DELETE, pair("c", "", 0)))));

    Terminal run = Terminal.run(sidecar, "watch", "--prefix=", "--count=1", "-o", "json");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.outLines()).hasSize(2);
    Changes.Builder parsed = Changes.newBuilder();
    JsonFormat.parser().merge(run.outLines().get(1), parsed);
    assertThat(parsed.build()).isEqualTo(second.build());
  }
}
