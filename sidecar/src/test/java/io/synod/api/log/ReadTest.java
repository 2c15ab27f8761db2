package io.synod.api.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.MemoryNode;
import io.synod.api.NodeCondition;
import io.synod.api.TestServer;
import io.synod.state.command.Entry;
import io.synod.v1.CompactionInfo;
import io.synod.v1.EntryKind;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.ReadRequest;
import io.synod.v1.ReadResponse;
import io.synod.v1.Reason;
import io.synod.v1.StalenessInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ReadTest {
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private ReadResponse read(ReadRequest.Builder request) {
    return server.log().read(request.build());
  }

  private static ReadRequest.Builder from(long index) {
    return ReadRequest.newBuilder().setStartIndex(index);
  }

  private static ReadOptions level(ReadLevel level) {
    return ReadOptions.newBuilder().setLevel(level).build();
  }

  private void append(int count, int bytes) {
    for (int i = 1; i <= count; i++) {
      server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, i, bytes));
    }
  }

  private static List<Long> indexes(ReadResponse response) {
    return response.getEntriesList().stream().map(io.synod.v1.Entry::getIndex).toList();
  }

  @Test
  void readsTheWholeLogInPages() {
    append(25, 10);

    List<Long> read = new ArrayList<>();
    ReadResponse page = read(from(0).setPageSize(10));
    while (page.getEntriesCount() > 0) {
      read.addAll(indexes(page));
      page = read(from(page.getNextIndex()).setPageSize(10));
    }

    assertThat(read).isEqualTo(server.node.log.indexes().subList(1, 26));
    assertThat(page.getNextIndex()).isEqualTo(27);
    assertThat(page.getInfo().getAppliedIndex()).isEqualTo(26);
  }

  @Test
  void cutsAPageAtOneMebibyteButNeverBelowOneEntry() {
    append(30, 100_000);
    server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 31, 1 << 20));

    ReadResponse first = read(from(1));
    ReadResponse large = read(from(32));

    assertThat(first.getSerializedSize()).isBetween(900_000, (1 << 20) + 1_000);
    assertThat(first.getNextIndex()).isEqualTo(first.getEntries(9).getIndex() + 1);
    assertThat(indexes(large)).containsExactly(32L);
  }

  @Test
  void leavesOutWhatHadNoEffectAndWhatIsInternal() {
    Entry command = MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 1);
    server.node.log.append(Arrays.asList(null, command, null));
    server.node.log.append(MemoryNode.entry(Entry.Kind.OPEN_SESSION, 0, 1, 0));
    server.node.log.append(command);

    assertThat(indexes(read(from(1)))).containsExactly(3L, 6L);
    ReadResponse all = read(from(1).setIncludeInternal(true));
    assertThat(indexes(all)).containsExactly(1L, 3L, 5L, 6L);
    assertThat(all.getEntries(0).getKind()).isEqualTo(EntryKind.ENTRY_KIND_SESSION);
    assertThat(all.getEntries(1).getOrigin().getSessionId()).isEqualTo("1");
    assertThat(all.getEntries(1).getSlot()).isEqualTo(2);
  }

  @Test
  void passesOverPagesThatHoldNothingWanted() {
    for (int i = 0; i < 50; i++) {
      server.node.log.append(MemoryNode.entry(Entry.Kind.OPEN_SESSION, 0, 1, 0));
    }
    append(1, 1);

    assertThat(indexes(read(from(1).setPageSize(5)))).containsExactly(52L);
  }

  @Test
  void answersAFutureStartWithAnEmptyPageThatStartsThere() {
    ReadResponse response = read(from(100));

    assertThat(response.getEntriesList()).isEmpty();
    assertThat(response.getNextIndex()).isEqualTo(100);
  }

  @Test
  void saysWhichLevelItServedAndHowOldTheAnswerMayBe() {
    ReadResponse strong = read(from(1));
    ReadResponse local = read(from(1).setOptions(level(ReadLevel.READ_LEVEL_LOCAL)));

    assertThat(strong.getInfo().getEffectiveLevel()).isEqualTo(ReadLevel.READ_LEVEL_STRONG);
    assertThat(strong.getInfo().hasStaleness()).isTrue();
    assertThat(Durations.toNanos(strong.getInfo().getStaleness())).isZero();
    assertThat(local.getInfo().getEffectiveLevel()).isEqualTo(ReadLevel.READ_LEVEL_LOCAL);
    assertThat(Durations.toNanos(local.getInfo().getStaleness())).isEqualTo(1_000);
  }

  @Test
  void refusesAStrongReadWithoutAQuorumAndServesALocalOne() {
    server.node.feel(NodeCondition.ALONE);

    CallError callError = CallError.by(() -> read(from(1)));

    assertThat(callError.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(callError.reason()).isEqualTo(Reason.NO_QUORUM);
    ReadResponse local = read(from(1).setOptions(level(ReadLevel.READ_LEVEL_LOCAL)));
    assertThat(local.getInfo().getStaleness().getSeconds()).isEqualTo(9);
  }

  @Test
  void refusesWhatIsOlderThanItsBound() {
    server.node.feel(NodeCondition.ALONE);
    ReadOptions bounded =
        ReadOptions.newBuilder()
            .setLevel(ReadLevel.READ_LEVEL_BOUNDED)
            .setMaxStaleness(Durations.fromSeconds(3))
            .build();

    CallError callError = CallError.by(() -> read(from(1).setOptions(bounded)));

    assertThat(callError.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(callError.reason()).isEqualTo(Reason.TOO_STALE);
    assertThat(callError.detail(StalenessInfo.class).getStaleness().getSeconds()).isEqualTo(9);
    assertThat(callError.detail(StalenessInfo.class).getAppliedIndex()).isEqualTo(1);
  }

  @Test
  void saysWhenTheWantedIndexIsNotAppliedInTime() {
    ReadOptions later = ReadOptions.newBuilder().setAtLeastIndex(50).build();

    CallError callError = CallError.by(() -> read(from(1).setOptions(later)));

    assertThat(callError.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(callError.reason()).isEqualTo(Reason.NOT_YET_APPLIED);
    assertThat(callError.detail(StalenessInfo.class).getAppliedIndex()).isEqualTo(1);
  }

  @Test
  void saysWhichIndexIsTheOldestWhenThePastIsGone() {
    append(10, 1);
    server.node.log.trim(5);

    CallError callError = CallError.by(() -> read(from(4)));

    assertThat(callError.code()).isEqualTo(Code.OUT_OF_RANGE);
    assertThat(callError.reason()).isEqualTo(Reason.COMPACTED);
    assertThat(callError.detail(CompactionInfo.class))
        .isEqualTo(CompactionInfo.newBuilder().setRequestedIndex(4).setOldestIndex(5).build());
    assertThat(read(from(0)).getEntries(0).getIndex()).isEqualTo(5);
  }

  @Test
  void saysOverloadedWhenTooManyReadsWait() {
    server.node.feel(NodeCondition.FULL);

    assertThat(CallError.by(() -> read(from(1))).reason()).isEqualTo(Reason.OVERLOADED);
  }

  @Test
  void saysDamagedWithoutTellingThePlace() {
    server.node.log.damage();

    CallError callError = CallError.by(() -> read(from(1)));

    assertThat(callError.code()).isEqualTo(Code.DATA_LOSS);
    assertThat(callError.reason()).isEqualTo(Reason.DAMAGED);
    assertThat(callError.text()).contains(callError.metadata("incident")).doesNotContain("tail");
  }
}
