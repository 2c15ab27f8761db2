package io.synod.cli.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.JsonFormat;
import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Terminal;
import io.synod.v1.Compare;
import io.synod.v1.FencingToken;
import io.synod.v1.KeyValue;
import io.synod.v1.Op;
import io.synod.v1.OpResult;
import io.synod.v1.TxnRequest;
import io.synod.v1.TxnResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@SuppressWarnings("NullAway.Init") // set before each test
final class TxnCommandTest {
  private static final String TEXT =
      """
      # moves an order on
      if
        absent orders/7
        mod orders/6 = 41           # written there
        value state = "open for \\"all\\"\\n"
        held printer = 12
      then
        put orders/7 paid
        put "seen 7" hex:00ff ttl 30s
        put mine "hex:00ff" session 9
        get orders/6
      else:
        delete orders/6
        delete-prefix tmp/
      """;

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

  private static Op put(String key, ByteString value) {
    return Op.newBuilder().setPut(Op.PutOp.newBuilder().setKey(key).setValue(value)).build();
  }

  private static TxnRequest whole() {
    Op seen = put("seen 7", ByteString.copyFrom(new byte[] {0, -1}));
    Op mine = put("mine", ByteString.copyFromUtf8("hex:00ff"));
    return TxnRequest.newBuilder()
        .addCompares(Compare.newBuilder().setKeyAbsent("orders/7"))
        .addCompares(
            Compare.newBuilder()
                .setModIndexIs(Compare.KeyIndex.newBuilder().setKey("orders/6").setIndex(41)))
        .addCompares(
            Compare.newBuilder()
                .setValueIs(
                    Compare.KeyBytes.newBuilder()
                        .setKey("state")
                        .setValue(ByteString.copyFromUtf8("open for \"all\"\n"))))
        .addCompares(
            Compare.newBuilder()
                .setLockHeld(FencingToken.newBuilder().setLock("printer").setToken(12)))
        .addSuccess(put("orders/7", ByteString.copyFromUtf8("paid")))
        .addSuccess(
            seen.toBuilder().setPut(seen.getPut().toBuilder().setTtl(Durations.fromSeconds(30))))
        .addSuccess(mine.toBuilder().setPut(mine.getPut().toBuilder().setSessionId("9")))
        .addSuccess(Op.newBuilder().setGetKey("orders/6"))
        .addFailure(Op.newBuilder().setDeleteKey("orders/6"))
        .addFailure(Op.newBuilder().setDeletePrefix("tmp/"))
        .build();
  }

  @Test
  void readsTheTextForm() throws TxnSyntaxException {
    assertThat(TxnText.parse(TEXT).build()).isEqualTo(whole());
  }

  @Test
  void readsWhatStandsUnderNoHeadingAsThen() throws TxnSyntaxException {
    assertThat(TxnText.parse("put a b\r\n\n").build())
        .isEqualTo(
            TxnRequest.newBuilder().addSuccess(put("a", ByteString.copyFromUtf8("b"))).build());
  }

  @Test
  void readsJsonWhateverItsLayout() throws Exception {
    String json = JsonFormat.printer().print(whole().toBuilder().setRequestId("r"));

    assertThat(TxnJson.parse(json).build())
        .isEqualTo(whole().toBuilder().setRequestId("r").build());
    assertThat(TxnJson.parse(json.replace("\n", "")).build().getSuccessCount()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "then;;putt a b| line 3: 'putt' is not an operation; use put, delete, delete-prefix or get",
        "if;gone a;then;get a| line 2: 'gone' is not a compare; use absent, mod, value or held",
        "put a| line 1: a value is missing",
        "get| line 1: a key is missing",
        "if;mod a 3| line 2: '=' is missing; it needs a blank on either side",
        "if;mod a = x| line 2: 'x' is not a mod index",
        "put a b c| line 1: 'c' after a value; only 'ttl TIME' or 'session ID' is allowed",
        "put a b ttl 5| line 1: '5' is not a length of time; write it like 500ms, 2s or 1m",
        "put a hex:0| line 1: 'hex:0' is not hexadecimal",
        "get a b| line 1: 'b' is unexpected; put text with blanks in quotes",
        "get a;put \"a b| line 2: a quote is not closed",
        "put a \"b\"c| line 1: a blank is missing after a closing quote",
        "put a \"\\q\"| line 1: '\\q' is not an escape in quotes; use \\\" \\\\ \\n \\t or \\r",
        "if;absent a| line 2: the transaction has no operation"
      })
  void namesTheLineOfTextItCannotRead(String text, String complaint) {
    assertThatThrownBy(() -> TxnText.parse(text.replace(';', '\n')))
        .isInstanceOf(TxnSyntaxException.class)
        .hasMessage(complaint.strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{;\"success\": [; {\"getKey\": \"a\"},; {\"gotKey\": 1}]}| line 4: Cannot find field: ",
        "{\"compares\": [;;{\"modIndexIs\": {\"index\": \"x\"}}]}| line 3: Not an uint64",
        "{;\"request\": 1}| line 2: Cannot find field: request",
        "{;\"success\": [;}| line 3: this is not JSON",
        "{;}; {}| line 3: ",
        "{\"success\":;7}| line 2: this is not JSON"
      })
  void namesTheLineOfJsonItCannotRead(String text, String complaint) {
    assertThatThrownBy(() -> TxnJson.parse(text.replace(';', '\n')))
        .isInstanceOf(TxnSyntaxException.class)
        .message()
        .startsWith(complaint.strip());
  }

  @Test
  void tellsWhatWasDone() throws IOException {
    KeyValue kv =
        KeyValue.newBuilder()
            .setKey("orders/6")
            .setValue(ByteString.copyFromUtf8("open"))
            .setCreateIndex(41)
            .setModIndex(41)
            .setVersion(1)
            .build();
    sidecar.answer(
        TxnRequest.class,
        TxnResponse.newBuilder()
            .setIndex(90)
            .setSucceeded(true)
            .addResults(OpResult.newBuilder().setKv(kv.toBuilder().setModIndex(90)))
            .addResults(OpResult.newBuilder().setKv(kv.toBuilder().setModIndex(90)))
            .addResults(OpResult.newBuilder().setKv(kv.toBuilder().setModIndex(90)))
            .addResults(OpResult.newBuilder().setKv(kv))
            .build());
    Path file = Files.writeString(dir.resolve("t"), TEXT);

    Terminal run = Terminal.run(sidecar, "txn", "-f", file.toString(), "--request-id=r1");

    assertThat(run.exitStatus()).isZero();
    assertThat(run.outLines())
        .startsWith("then, at index 90", "  put orders/7: mod index 90, version 1, created at 41")
        .endsWith("  get orders/6 = open: mod index 41, version 1");
    assertThat(sidecar.requests(TxnRequest.class))
        .containsExactly(whole().toBuilder().setRequestId("r1").build());
  }

  @Test
  void exitsWithUnhealthyWhenACompareDidNotHold() throws IOException {
    sidecar.answer(
        TxnRequest.class,
        TxnResponse.newBuilder()
            .setIndex(90)
            .addResults(OpResult.newBuilder())
            .addResults(OpResult.newBuilder().setDeleted(3))
            .build());
    Path file = Files.writeString(dir.resolve("t"), TEXT);

    Terminal run = Terminal.run(sidecar, "txn", "-f", file.toString());

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.UNHEALTHY);
    assertThat(run.outLines())
        .containsExactly(
            "else: a compare did not hold, at index 90",
            "  delete orders/6: there was no such key",
            "  delete-prefix tmp/: 3 keys");
  }

  @Test
  void namesTheFileAndTheLine() throws IOException {
    Path file = Files.writeString(dir.resolve("t"), "get a\nnope\n");

    Terminal run = Terminal.run(sidecar, "txn", "-f", file.toString());

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err()).startsWith(file + ", line 2: 'nope' is not an operation");
    assertThat(sidecar.requests).isEmpty();
  }
}
