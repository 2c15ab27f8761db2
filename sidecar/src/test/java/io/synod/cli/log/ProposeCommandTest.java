package io.synod.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.Code;
import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Terminal;
import io.synod.v1.OutcomeUnknown;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.SessionSequence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before each test
final class ProposeCommandTest {
  @TempDir Path dir;
  private CannedSidecar sidecar;

  @BeforeEach
  void start() throws IOException {
    sidecar = new CannedSidecar();
    AtomicLong index = new AtomicLong(100);
    sidecar.answer(
        ProposeRequest.class,
        request ->
            ProposeResponse.newBuilder()
                .setInfo(CannedSidecar.info(index.get()))
                .setIndex(index.incrementAndGet())
                .setSlot(7)
                .setBallot(CannedSidecar.ballot(3, "1"))
                .build());
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  @Test
  void proposesItsTextAndTellsWhereItWent() {
    Terminal run = Terminal.run(sidecar, "propose", "héllo", "--content-type", "text/plain");

    assertThat(run.err()).isEmpty();
    assertThat(run.out().strip()).isEqualTo("index 101  slot 7  ballot 3.1");
    assertThat(run.exitStatus()).isZero();
    assertThat(sidecar.requests(ProposeRequest.class))
        .containsExactly(
            ProposeRequest.newBuilder()
                .setCommand(ByteString.copyFromUtf8("héllo"))
                .setContentType("text/plain")
                .build());
  }

  @Test
  void proposesTheBytesOfAFileUnchanged() throws IOException {
    byte[] bytes = {0, (byte) 0xff, '\n', '\r', 7};
    Path file = Files.write(dir.resolve("command"), bytes);

    assertThat(Terminal.run(sidecar, "propose", "--file", file.toString()).exitStatus()).isZero();
    assertThat(sidecar.requests(ProposeRequest.class).get(0).getCommand().toByteArray())
        .isEqualTo(bytes);
  }

  @Test
  void sendsTheSessionAndSequenceItIsGiven() {
    Terminal run =
        Terminal.run(
            sidecar,
            "propose",
            "x",
            "--session=s1",
            "--sequence=4",
            "--acked-below=3",
            "--output=json");

    assertThat(run.exitStatus()).isZero();
    assertThat(sidecar.requests(ProposeRequest.class).get(0).getSessionSequence())
        .isEqualTo(
            SessionSequence.newBuilder()
                .setSessionId("s1")
                .setSequence(4)
                .setAckedBelow(3)
                .build());
  }

  @Test
  void proposesEachLineOnce() throws IOException {
    List<String> lines = IntStream.range(0, 1000).mapToObj(i -> "line " + i).toList();
    Path file = Files.writeString(dir.resolve("lines"), String.join("\n", lines));

    Terminal run =
        Terminal.run(sidecar, "propose", "--lines", "--in-flight=32", "-f", file.toString());

    assertThat(run.err()).isEmpty();
    assertThat(run.out().strip()).isEqualTo("1,000 commands in the log, at indexes 101 to 1100");
    assertThat(sidecar.requests(ProposeRequest.class))
        .extracting(request -> request.getCommand().toStringUtf8())
        .containsExactlyInAnyOrderElementsOf(lines);
  }

  @Test
  void keepsEmptyLinesAndBytesThatAreNoText() throws IOException {
    Path file = Files.write(dir.resolve("lines"), new byte[] {'\n', (byte) 0xfe, '\n', '\r', '\n'});

    Terminal.run(sidecar, "propose", "--lines", "--in-flight=1", "-f", file.toString());

    assertThat(sidecar.requests(ProposeRequest.class))
        .extracting(ProposeRequest::getCommand)
        .containsExactly(
            ByteString.EMPTY,
            ByteString.copyFrom(new byte[] {(byte) 0xfe}),
            ByteString.copyFromUtf8("\r"));
  }

  @Test
  void printsOneJsonDocumentALine() throws IOException {
    Path file = Files.writeString(dir.resolve("lines"), "a\nb\nc\n");

    Terminal run = Terminal.run(sidecar, "propose", "--lines", "-o", "json", "-f", file.toString());

    assertThat(run.outLines()).hasSize(3);
    for (String line : run.outLines()) {
      ProposeResponse.Builder parsed = ProposeResponse.newBuilder();
      JsonFormat.parser().merge(line, parsed);
      assertThat(parsed.getSlot()).isEqualTo(7);
      assertThat(line).contains("\"deduplicated\":false");
    }
  }

  @Test
  void stopsAtTheFirstLineThatFailsAndNamesIt() throws IOException {
    sidecar.answer(
        ProposeRequest.class,
        request -> {
          if (request.getCommand().toStringUtf8().equals("3")) {
            throw CannedSidecar.error(Code.INVALID_ARGUMENT, "COMMAND_TOO_LARGE", "too large");
          }
          return ProposeResponse.newBuilder().setIndex(9).build();
        });
    Path file =
        Files.writeString(
            dir.resolve("lines"),
            IntStream.rangeClosed(1, 9).mapToObj(i -> i + "\n").collect(Collectors.joining()));

    Terminal run =
        Terminal.run(sidecar, "propose", "--lines", "--in-flight=1", "-f", file.toString());

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.out().strip()).isEqualTo("2 commands in the log, at indexes 9 to 9");
    assertThat(run.err().strip())
        .isEqualTo("synod: line 3: COMMAND_TOO_LARGE: too large; lines after 3 were not sent");
    assertThat(sidecar.requests(ProposeRequest.class)).hasSize(3);
  }

  @Test
  void saysThatAnOutcomeIsUnknownWhenTheServerSaysSo() {
    sidecar.refuse(
        ProposeRequest.class,
        CannedSidecar.error(
            Code.UNKNOWN,
            "OUTCOME_UNKNOWN",
            "no answer in time",
            OutcomeUnknown.newBuilder()
                .setSessionSequence(SessionSequence.newBuilder().setSessionId("s1").setSequence(4))
                .build()));

    Terminal run = Terminal.run(sidecar, "propose", "x");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
    assertThat(run.err().strip())
        .isEqualTo(
            "synod: OUTCOME_UNKNOWN: no answer in time"
                + " (repeat it with --session s1 --sequence 4)");
  }

  @Test
  void saysThatAnOutcomeIsUnknownWhenTheConnectionBreaks() {
    sidecar.hang(ProposeRequest.class, sidecar::breakOff);

    Terminal run = Terminal.run(sidecar, "propose", "x");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
    assertThat(run.err()).contains("broke before the answer; it may or may not have been executed");
  }

  @Test
  void saysThatAnOutcomeIsUnknownWhenNoAnswerComesInTime() {
    sidecar.hang(ProposeRequest.class, () -> {});

    Terminal run = Terminal.run(sidecar, "propose", "x", "--timeout", "200ms");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.OUTCOME_UNKNOWN);
    assertThat(run.err()).contains("in time; it may or may not have been executed");
  }

  @Test
  void refusesToGuessWhatToPropose() throws IOException {
    String file = Files.write(dir.resolve("f"), "x".getBytes(StandardCharsets.UTF_8)).toString();

    for (String[] args :
        List.of(
            new String[] {"propose"},
            new String[] {"propose", "x", "--file", file},
            new String[] {"propose", "x", "--lines"},
            new String[] {"propose", "x", "--session", "s1"},
            new String[] {"propose", "--lines", "--file", file, "--in-flight", "0"})) {
      Terminal run = Terminal.run(sidecar, args);
      assertThat(run.exitStatus()).as(String.join(" ", args)).isEqualTo(ExitStatus.USAGE);
    }
    assertThat(sidecar.requests).isEmpty();
  }

  @Test
  void namesTheFileItCannotRead() {
    Terminal run = Terminal.run(sidecar, "propose", "--file", dir.resolve("none").toString());

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.ERROR);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("none: there is no such file");
  }
}
