package io.synod.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Terminal;
import io.synod.v1.Entry;
import io.synod.v1.EntryBatch;
import io.synod.v1.EntryKind;
import io.synod.v1.Origin;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.ReadRequest;
import io.synod.v1.ReadResponse;
import io.synod.v1.WatchProgress;
import io.synod.v1.WatchRequest;
import io.synod.v1.WatchResponse;
import io.synod.v1.WatchStarted;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // set before each test
final class ReadAndWatchTest {
  private CannedSidecar sidecar;

  @BeforeEach
  void start() throws IOException {
    sidecar = new CannedSidecar();
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  private static Entry entry(long index, ByteString command) {
    return Entry.newBuilder()
        .setIndex(index)
        .setSlot(index / 2)
        .setKind(EntryKind.ENTRY_KIND_COMMAND)
        .setCommand(command)
        .setOrigin(Origin.newBuilder().setNodeId("2"))
        .setLogTime(Timestamps.fromMillis(1_700_000_000_123L))
        .build();
  }

  private static Entry entry(long index, String command) {
    return entry(index, ByteString.copyFromUtf8(command));
  }

  private static ReadResponse page(long next, long applied, Entry... entries) {
    return ReadResponse.newBuilder()
        .setInfo(
            CannedSidecar.info(applied).toBuilder()
                .setEffectiveLevel(ReadLevel.READ_LEVEL_STRONG)
                .setStaleness(Durations.ZERO))
        .addAllEntries(List.of(entries))
        .setNextIndex(next)
        .setOldestIndex(1)
        .build();
  }

  @Test
  void showsEntriesAndWhatKindOfReadItWas() {
    sidecar.answer(ReadRequest.class, page(13, 20, entry(11, "deposit 12"), entry(12, "grüße")));

    Terminal run = Terminal.run(sidecar, "read", "--from=11", "--limit=2");

    assertThat(run.out().strip().lines().map(String::strip))
        .containsExactly(
            "INDEX     SLOT  LOG TIME                  FROM     COMMAND",
            "11        5  2023-11-14T22:13:20.123Z  node 2   deposit 12",
            "12        6  2023-11-14T22:13:20.123Z  node 2   grüße");
    assertThat(run.err().strip())
        .isEqualTo(
            "# strong read at node 1, applied through index 20, staleness 0 ms;"
                + " more: --from 13");
    assertThat(run.exitStatus()).isZero();
    assertThat(sidecar.requests(ReadRequest.class))
        .containsExactly(
            ReadRequest.newBuilder()
                .setOptions(ReadOptions.newBuilder().setLevel(ReadLevel.READ_LEVEL_STRONG))
                .setStartIndex(11)
                .setPageSize(2)
                .build());
  }

  @Test
  void asksForTheLevelItIsTold() {
    sidecar.answer(ReadRequest.class, page(1, 0));

    Terminal run =
        Terminal.run(sidecar, "read", "--level=bounded", "--max-staleness=1500ms", "--at-least=7");

    assertThat(run.exitStatus()).isZero();
    assertThat(sidecar.requests(ReadRequest.class).get(0).getOptions())
        .isEqualTo(
            ReadOptions.newBuilder()
                .setLevel(ReadLevel.READ_LEVEL_BOUNDED)
                .setMaxStaleness(Durations.fromMillis(1500))
                .setAtLeastIndex(7)
                .build());
  }

  @Test
  void followsPagesToTheEndItSawFirst() {
    sidecar.answer(
        ReadRequest.class,
        request -> {
          // The log grows while it is read; what came later is not this read's.
          long start = Math.max(1, request.getStartIndex());
          return page(start + 2, start == 1 ? 5 : 50, entry(start, "a"), entry(start + 1, "b"));
        });

    Terminal run = Terminal.run(sidecar, "read", "--follow");

    assertThat(sidecar.requests(ReadRequest.class))
        .extracting(ReadRequest::getStartIndex)
        .containsExactly(0L, 3L, 5L);
    assertThat(run.outLines()).hasSize(1 + 6);
  }

  @Test
  void followsNoFurtherThanItsLimit() {
    sidecar.answer(
        ReadRequest.class,
        request -> {
          long start = Math.max(1, request.getStartIndex());
          return page(start + 1, 100, entry(start, "a"));
        });

    Terminal run = Terminal.run(sidecar, "read", "--follow", "--limit=3", "-o", "json");

    assertThat(run.outLines()).hasSize(3);
    assertThat(sidecar.requests(ReadRequest.class))
        .extracting(ReadRequest::getPageSize)
        .containsExactly(3, 2, 1);
  }

  @Test
  void printsBytesThatAreNoTextInHex() {
    sidecar.answer(
        ReadRequest.class,
        page(
            5,
            4,
            entry(1, ByteString.copyFrom(new byte[] {0, (byte) 0xff})),
            entry(2, "\u001b]0;owned\u0007"),
            entry(3, "a\u202eb"),
            entry(4, ByteString.copyFrom(new byte[1000]))));

    Terminal run = Terminal.run(sidecar, "read");

    assertThat(run.out())
        .contains("hex:00ff")
        .contains("hex:1b5d303b6f776e656407")
        .contains("hex:61e280ae62")
        .contains("0000… (1,000 bytes)")
        .doesNotContain("\u001b", "\u202e");
  }

  @Test
  void printsAPageAsOneJsonDocument() throws IOException {
    ReadResponse page = page(13, 20, entry(11, ByteString.copyFrom(new byte[] {0, 1, 2, -1})));
    sidecar.answer(ReadRequest.class, page);

    Terminal run = Terminal.run(sidecar, "read", "--output", "JSON");

    assertThat(run.outLines()).hasSize(1);
    ReadResponse.Builder parsed = ReadResponse.newBuilder();
    JsonFormat.parser().merge(run.out(), parsed);
    assertThat(parsed.build()).isEqualTo(page);
  }

  private static WatchResponse batch(Entry... entries) {
    return WatchResponse.newBuilder()
        .setBatch(EntryBatch.newBuilder().addAllEntries(List.of(entries)))
        .build();
  }

  private static WatchResponse started(long start) {
    return WatchResponse.newBuilder()
        .setStarted(
            WatchStarted.newBuilder()
                .setNodeId("3")
                .setStartIndex(start)
                .setOldestIndex(1)
                .setAppliedIndex(9))
        .build();
  }

  @Test
  void watchesUntilItHasWhatItCounts() {
    sidecar.answer(
        WatchRequest.class,
        started(4),
        batch(entry(4, "a"), entry(5, "b")),
        batch(entry(8, "c"), entry(9, "not wanted")));

    Terminal run = Terminal.run(sidecar, "watch", "--from=4", "--count=3", "--progress=1s");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.outLines()).hasSize(4);
    assertThat(run.out()).doesNotContain("not wanted");
    assertThat(run.err().lines())
        .containsExactly(
            "# watching at node 3 from index 4; it has applied 9 and keeps 1 and above",
            "# go on with: synod watch --from 9");
    assertThat(sidecar.requests(WatchRequest.class))
        .containsExactly(
            WatchRequest.newBuilder()
                .setStartIndex(4)
                .setProgressInterval(Durations.fromSeconds(1))
                .build());
  }

  @Test
  void saysWhereToGoOnWhenAWatchBreaks() {
    sidecar.answer(
        WatchRequest.class,
        started(4),
        batch(entry(4, "a")),
        WatchResponse.newBuilder()
            .setProgress(WatchProgress.newBuilder().setIndex(30).setCaughtUp(true))
            .build());

    Terminal run = Terminal.run(sidecar, "watch", "--from=4");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.UNAVAILABLE);
    assertThat(run.err()).contains("# go on with: synod watch --from 31").contains("broke");
  }

  @Test
  void printsEachWatchedEntryAsOneJsonDocument() throws IOException {
    Entry first = entry(4, "a");
    sidecar.answer(WatchRequest.class, started(4), batch(first, entry(5, "b")));

    Terminal run = Terminal.run(sidecar, "watch", "--count=2", "-o", "json");

    assertThat(run.err()).isEmpty();
    assertThat(run.outLines()).hasSize(2);
    Entry.Builder parsed = Entry.newBuilder();
    JsonFormat.parser().merge(run.outLines().get(0), parsed);
    assertThat(parsed.build()).isEqualTo(first);
  }
}
