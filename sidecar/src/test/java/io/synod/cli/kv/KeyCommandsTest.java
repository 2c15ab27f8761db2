package io.synod.cli.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import com.google.rpc.Code;
import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Terminal;
import io.synod.v1.DeleteRequest;
import io.synod.v1.DeleteResponse;
import io.synod.v1.GetRequest;
import io.synod.v1.GetResponse;
import io.synod.v1.KeyValue;
import io.synod.v1.ListRequest;
import io.synod.v1.ListResponse;
import io.synod.v1.OpResult;
import io.synod.v1.OutcomeUnknown;
import io.synod.v1.PutRequest;
import io.synod.v1.PutResponse;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.TxnRequest;
import io.synod.v1.TxnResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code synod get}, {@code put}, {@code delete} and {@code list}. */
@SuppressWarnings("NullAway.Init") // set before each test
final class KeyCommandsTest {
  @TempDir Path dir;
  private CannedSidecar sidecar;

  @BeforeEach
  void start() throws IOException {
    sidecar = new CannedSidecar();
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  private static KeyValue.Builder pair(String key, String value, long index) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(ByteString.copyFromUtf8(value))
        .setCreateIndex(7)
        .setModIndex(index)
        .setVersion(3);
  }

  private static GetResponse got(KeyValue.Builder pair) {
    return GetResponse.newBuilder()
        .setInfo(
            CannedSidecar.info(40).toBuilder()
                .setEffectiveLevel(ReadLevel.READ_LEVEL_STRONG)
                .setStaleness(Durations.ZERO))
        .setKv(pair)
        .build();
  }

  @Test
  void printsTheVeryBytesOfAValue() {
    ByteString value = ByteString.copyFrom(new byte[] {0, -1, '\n', 27});
    sidecar.answer(GetRequest.class, got(pair("k", "", 12).setValue(value)));

    Terminal run = Terminal.run(sidecar, "get", "k");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.bytes()).isEqualTo(value);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void tellsIndexesBesideTheValueWhenAsked() {
    sidecar.answer(
        GetRequest.class,
        got(pair("k", "v", 12).setExpireTime(Timestamps.fromMillis(1_700_000_000_123L))));

    Terminal run =
        Terminal.run(sidecar, "get", "k", "-v", "--level=local", "--at-index=12", "--at-least=12");

    assertThat(run.out()).isEqualTo("v");
    assertThat(run.err().strip())
        .isEqualTo(
            "# mod index 12, version 3, created at 7, expires 2023-11-14T22:13:20.123Z;"
                + " strong read at node 1, applied through index 40, staleness 0 ms");
    assertThat(sidecar.requests(GetRequest.class))
        .containsExactly(
            GetRequest.newBuilder()
                .setKey("k")
                .setAtIndex(12)
                .setOptions(
                    ReadOptions.newBuilder()
                        .setLevel(ReadLevel.READ_LEVEL_LOCAL)
                        .setAtLeastIndex(12))
                .build());
  }

  @Test
  void exitsWithAStatusOfItsOwnForAKeyThatIsNotThere() {
    sidecar.answer(GetRequest.class, GetResponse.newBuilder().build());

    Terminal run = Terminal.run(sidecar, "get", "a\nb");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(run.bytes()).isEqualTo(ByteString.EMPTY);
    assertThat(run.err().strip()).isEqualTo("synod: there is no key hex:610a62");
    assertThat(Terminal.run(sidecar, "get", "x", "-o", "json").exitStatus())
        .isEqualTo(ExitStatus.UNHEALTHY);
  }

  @Test
  void putsAValueWithAllThatGoesWithIt() {
    sidecar.answer(PutRequest.class, PutResponse.newBuilder().setKv(pair("k", "v", 41)).build());

    Terminal run =
        Terminal.run(
            sidecar, "put", "k", "grüße", "--ttl=30s", "--if-mod-index=0", "--request-id=r1");

    assertThat(run.err()).isEmpty();
    assertThat(run.out().strip()).isEqualTo("mod index 41, version 3, created at 7");
    assertThat(sidecar.requests(PutRequest.class))
        .containsExactly(
            PutRequest.newBuilder()
                .setKey("k")
                .setValue(ByteString.copyFromUtf8("grüße"))
                .setTtl(Durations.fromSeconds(30))
                .setIfModIndex(0)
                .setRequestId("r1")
                .build());
  }

  @Test
  void putsTheBytesOfAFile() throws IOException {
    sidecar.answer(PutRequest.class, PutResponse.newBuilder().setDeduplicated(true).build());
    byte[] bytes = {0, -1, '\n'};
    Path file = Files.write(dir.resolve("value"), bytes);

    Terminal run = Terminal.run(sidecar, "put", "k", "-f", file.toString(), "--session=9");

    assertThat(run.out()).contains("(the remembered answer)");
    PutRequest request = sidecar.requests(PutRequest.class).get(0);
    assertThat(request.getValue()).isEqualTo(ByteString.copyFrom(bytes));
    assertThat(request.getSessionId()).isEqualTo("9");
    assertThat(request.hasIfModIndex()).isFalse();
  }

  @Test
  void exitsWithUnhealthyWhenTheConditionDoesNotHold() {
    sidecar.refuse(
        PutRequest.class,
        CannedSidecar.error(Code.ABORTED, "CONDITION_FAILED", "k was written at index 9"));

    Terminal run = Terminal.run(sidecar, "put", "k", "v", "--if-mod-index=3");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(run.err().strip()).isEqualTo("synod: CONDITION_FAILED: k was written at index 9");
  }

  @Test
  void saysWithWhichRequestIdToAskAgain() {
    sidecar.refuse(
        PutRequest.class,
        CannedSidecar.error(
            Code.UNKNOWN,
            "OUTCOME_UNKNOWN",
            "no answer in time",
            OutcomeUnknown.newBuilder().setRequestId("r1").build()));

    Terminal run = Terminal.run(sidecar, "put", "k", "v", "--request-id=r1");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
    assertThat(run.err()).contains("(repeat it with --request-id r1)");
  }

  @Test
  void deletesAKey() {
    sidecar.answer(
        DeleteRequest.class, DeleteResponse.newBuilder().setPrevious(pair("k", "v", 12)).build());

    Terminal run = Terminal.run(sidecar, "delete", "k", "--if-mod-index=12");

    assertThat(run.out().strip())
        .isEqualTo("deleted; it was at mod index 12, version 3, created at 7");
    assertThat(sidecar.requests(DeleteRequest.class))
        .containsExactly(DeleteRequest.newBuilder().setKey("k").setIfModIndex(12).build());
    sidecar.answer(DeleteRequest.class, DeleteResponse.getDefaultInstance());
    assertThat(Terminal.run(sidecar, "delete", "k").out().strip())
        .isEqualTo("there was no such key");
  }

  @Test
  void deletesAPrefixInOneStepAndEverythingOnlyWhenThatIsSaid() {
    sidecar.answer(
        TxnRequest.class,
        TxnResponse.newBuilder()
            .setIndex(50)
            .setSucceeded(true)
            .addResults(OpResult.newBuilder().setDeleted(1200))
            .build());

    Terminal run = Terminal.run(sidecar, "delete", "--prefix", "tmp/");

    assertThat(run.out().strip()).isEqualTo("deleted 1,200 keys at index 50");
    assertThat(sidecar.requests(TxnRequest.class).get(0).getSuccess(0).getDeletePrefix())
        .isEqualTo("tmp/");
    assertThat(Terminal.run(sidecar, "delete", "--prefix", "").exitStatus())
        .isEqualTo(ExitStatus.USAGE);
    assertThat(Terminal.run(sidecar, "delete", "--prefix", "", "--everything").exitStatus())
        .isZero();
  }

  private static ListResponse page(String next, KeyValue.Builder... pairs) {
    ListResponse.Builder page = ListResponse.newBuilder().setInfo(CannedSidecar.info(60));
    List.of(pairs).forEach(page::addKvs);
    return page.setNextPageToken(next).setIndex(40).build();
  }

  @Test
  void listsPageAfterPageOfOneIndex() {
    sidecar.answer(
        ListRequest.class,
        request ->
            request.getPageToken().isEmpty()
                ? page("t1", pair("o/1", "a", 12), pair("o/2", "b\u001b", 13).setSessionId("9"))
                : page("", pair("o/3", "c", 14)));

    Terminal run = Terminal.run(sidecar, "list", "o/", "--at-index=40");

    assertThat(run.out())
        .isEqualTo(
            """
            MOD INDEX VERSION  KEY = VALUE
                   12       3  o/1 = a
                   13       3  o/2 = hex:621b  # with session 9
                   14       3  o/3 = c
            """);
    assertThat(run.err())
        .startsWith("# 3 keys at index 40, ")
        .endsWith("follow with: synod watch --prefix o/ --from 41\n");
    assertThat(sidecar.requests(ListRequest.class))
        .extracting(ListRequest::getPageToken, ListRequest::getAtIndex)
        .containsExactly(tuple("", 40L), tuple("t1", 0L));
  }

  @Test
  void listsKeysAloneForScripts() {
    sidecar.answer(ListRequest.class, page("more", pair("a", "", 1), pair("b c", "", 2)));

    Terminal run = Terminal.run(sidecar, "list", "--keys-only", "--limit=2");

    assertThat(run.out()).isEqualTo("a\nb c\n");
    assertThat(run.err()).isEmpty();
    assertThat(sidecar.requests(ListRequest.class))
        .singleElement()
        .satisfies(request -> assertThat(request.getKeysOnly()).isTrue())
        .satisfies(request -> assertThat(request.getPageSize()).isEqualTo(2));
  }

  @Test
  void printsAnswersAsJson() throws IOException {
    ListResponse page = page("", pair("a", "\u0000", 1));
    sidecar.answer(ListRequest.class, page);

    Terminal run = Terminal.run(sidecar, "list", "-o", "json");

    ListResponse.Builder parsed = ListResponse.newBuilder();
    JsonFormat.parser().merge(run.out(), parsed);
    assertThat(parsed.build()).isEqualTo(page);
  }

  @Test
  void refusesToGuess() {
    for (String line :
        List.of(
            "put k",
            "put k v --ttl=5s --session=9",
            "put k v --ttl=x",
            "get k --level=bounded",
            "get k --at-index=-1",
            "list --limit=0",
            "delete k --prefix --if-mod-index=4",
            "watch --prefix=a --key=b",
            "watch --initial-state",
            "watch --key=b --all",
            "watch --key=b --from=3 --initial-state",
            "watch --consumer=c --from=3")) {
      Terminal run = Terminal.run(sidecar, line.split(" ", -1));
      assertThat(run.exitStatus()).as(line).isEqualTo(ExitStatus.USAGE);
    }
    assertThat(sidecar.requests).isEmpty();
  }
}
