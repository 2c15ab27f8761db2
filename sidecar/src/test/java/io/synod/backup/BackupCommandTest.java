package io.synod.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.synod.api.MemoryAppSnapshots;
import io.synod.api.SingleNode;
import io.synod.api.call.StatusErrors;
import io.synod.cli.shared.ExitStatus;
import io.synod.main.InProcess;
import io.synod.v1.AdminGrpc;
import io.synod.v1.BackupRequest;
import io.synod.v1.BackupResponse;
import io.synod.v1.KVGrpc;
import io.synod.v1.PutRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code synod backup} against a node in this process. */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // set before each test
final class BackupCommandTest {
  @TempDir Path dir;

  private byte[] out = new byte[0];
  private String err = "";

  private int synod(String... args) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    ByteArrayOutputStream talk = new ByteArrayOutputStream();
    int status = InProcess.run(data, talk, args);
    out = data.toByteArray();
    err = talk.toString(StandardCharsets.UTF_8);
    return status;
  }

  private String text() {
    return new String(out, StandardCharsets.UTF_8);
  }

  private int backup(SingleNode node, String... args) {
    return backup("127.0.0.1:" + node.server.port(), args);
  }

  private int backup(String endpoint, String... args) {
    List<String> all = new ArrayList<>(List.of("backup", "--endpoint", endpoint));
    all.addAll(List.of(args));
    return synod(all.toArray(String[]::new));
  }

  private static void put(SingleNode node, String key) {
    var unused =
        KVGrpc.newBlockingStub(node.channel)
            .put(
                PutRequest.newBuilder()
                    .setKey(key)
                    .setValue(ByteString.copyFromUtf8("Vienna"))
                    .build());
  }

  private static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(MemoryAppSnapshots.sha256(bytes).array());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void writesAFileThatIsWhole() throws Exception {
    Path file = dir.resolve("synod.backup");
    try (SingleNode node = new SingleNode(dir)) {
      put(node, "city");
      assertThat(backup(node, file.toString(), "-o", "json")).isEqualTo(ExitStatus.OK);
    }
    assertThat(err).isEmpty();
    JsonObject json = JsonParser.parseString(text()).getAsJsonObject();
    byte[] bytes = Files.readAllBytes(file);
    assertThat(json.get("cluster").getAsString()).isEqualTo("town");
    assertThat(json.get("keys").getAsInt()).isEqualTo(1);
    assertThat(json.get("bytes").getAsLong()).isEqualTo(bytes.length);
    assertThat(json.get("sha256").getAsString()).isEqualTo(sha256(bytes));
    assertThat(json.get("formation").getAsString()).hasSize(16).isNotEqualTo("0".repeat(16));
    assertThat(files()).containsExactly("synod.backup");

    assertThat(synod("backup", "--verify", file.toString())).isEqualTo(ExitStatus.OK);
    assertThat(text())
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "%s: cluster town at index %d, slot %d, log time %s, state digest %s; %,d bytes,"
                    + " sha256 %s%n",
                file,
                json.get("index").getAsLong(),
                json.get("slot").getAsLong(),
                json.get("logTime").getAsString(),
                json.get("stateDigest").getAsString(),
                bytes.length,
                sha256(bytes)));
  }

  @Test
  void writesToStandardOutput() throws Exception {
    try (SingleNode node = new SingleNode(dir)) {
      put(node, "city");
      assertThat(backup(node, "-")).isEqualTo(ExitStatus.OK);
    }
    assertThat(err)
        .isEqualTo(
            String.format(
                "# %d bytes, sha256 %s; check the received file with: synod backup --verify FILE%n",
                out.length, sha256(out)));
    Path file = Files.write(dir.resolve("piped"), out);
    assertThat(synod("backup", "--verify", file.toString())).isEqualTo(ExitStatus.OK);
  }

  @Test
  void replacesAFileOnlyByForce() throws Exception {
    Path file = Files.writeString(dir.resolve("synod.backup"), "old");
    try (SingleNode node = new SingleNode(dir)) {
      put(node, "city");
      assertThat(backup(node, file.toString())).isEqualTo(ExitStatus.ERROR);
      assertThat(err)
          .isEqualTo(
              "synod: "
                  + file
                  + " exists: choose another name, or overwrite it with --force"
                  + System.lineSeparator());
      assertThat(Files.readString(file)).isEqualTo("old");
      assertThat(backup(node, file.toString(), "--force")).isEqualTo(ExitStatus.OK);
      assertThat(Files.size(file)).isGreaterThan(100);

      assertThat(backup(node, dir.toString(), "--force")).isEqualTo(ExitStatus.ERROR);
      assertThat(err).contains("it is a directory");
      assertThat(backup(node, dir.resolve("no/such").toString())).isEqualTo(ExitStatus.ERROR);
      assertThat(err).startsWith("synod: cannot write ").hasLineCount(1);
    }
    assertThat(files()).containsExactly("synod.backup");
  }

  @Test
  void leavesTheFileOfAnotherCommandAlone() throws Exception {
    Path part = dir.resolve("synod.backup.part");
    try (SingleNode node = new SingleNode(dir);
        RandomAccessFile other = new RandomAccessFile(part.toFile(), "rw")) {
      put(node, "city");
      other.write(1);
      try (FileLock held = other.getChannel().lock()) {
        assertThat(held.isValid()).isTrue();
        assertThat(backup(node, dir.resolve("synod.backup").toString()))
            .isEqualTo(ExitStatus.ERROR);
      }
      assertThat(err)
          .isEqualTo("synod: another command is writing " + part + System.lineSeparator());
      assertThat(Files.size(part)).isEqualTo(1);
      // What an interrupted command left is replaced.
      assertThat(backup(node, dir.resolve("synod.backup").toString())).isEqualTo(ExitStatus.OK);
    }
    assertThat(files()).containsExactly("synod.backup");
  }

  /** Starts a server whose backups have one chunk, and then end like this. */
  private static Server server(Consumer<StreamObserver<BackupResponse>> end) throws IOException {
    return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .addService(
            new AdminGrpc.AdminImplBase() {
              @Override
              public void backup(BackupRequest request, StreamObserver<BackupResponse> observer) {
                observer.onNext(
                    BackupResponse.newBuilder().setChunk(ByteString.copyFromUtf8("part")).build());
                end.accept(observer);
              }
            })
        .build()
        .start();
  }

  private void fails(String line, Consumer<StreamObserver<BackupResponse>> end) throws IOException {
    Path file = dir.resolve("synod.backup");
    Server server = server(end);
    try {
      assertThat(backup("127.0.0.1:" + server.getPort(), file.toString()))
          .isNotEqualTo(ExitStatus.OK);
    } finally {
      server.shutdownNow();
    }
    assertThat(err).startsWith("synod: " + line).hasLineCount(1);
    assertThat(files()).isEmpty();
  }

  @Test
  void leavesNoFileIfTheStreamBreaks() throws IOException {
    fails("the sidecar ended the backup before it was complete", StreamObserver::onCompleted);
    fails(
        "the connection to 127.0.0.1:",
        observer -> observer.onError(Status.UNAVAILABLE.asRuntimeException()));
    fails("SHUTTING_DOWN: ", observer -> observer.onError(StatusErrors.shuttingDown()));
    fails("QUARANTINED: ", observer -> observer.onError(StatusErrors.quarantined()));
    fails(
        "the backup is damaged: it is incomplete",
        observer -> {
          observer.onNext(
              BackupResponse.newBuilder()
                  .setEnd(BackupResponse.End.newBuilder().setSizeBytes(4))
                  .build());
          observer.onCompleted();
        });
    Path file = dir.resolve("synod.backup");
    assertThat(backup("127.0.0.1:1", file.toString())).isEqualTo(ExitStatus.UNAVAILABLE);
    assertThat(err).startsWith("synod: nobody answers at 127.0.0.1:1").hasLineCount(1);
    assertThat(files()).isEmpty();
  }

  @Test
  void saysWhyAFileIsNoBackup() throws IOException {
    Path file = dir.resolve("synod.backup");
    byte[] bytes = new SampleBackup().bytes();
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertThat(synod("backup", "--verify", file.toString())).isEqualTo(ExitStatus.ERROR);
    assertThat(err).startsWith("synod: " + file + ": the backup is damaged: ").hasLineCount(1);
    assertThat(text()).isEmpty();

    assertThat(synod("backup", "--verify", dir.resolve("none").toString()))
        .isEqualTo(ExitStatus.ERROR);
    assertThat(err).contains("there is no such file");
    assertThat(synod("backup", "--verify", "--force", "x")).isEqualTo(ExitStatus.USAGE);
    assertThat(synod("backup", "--verify", "-")).isEqualTo(ExitStatus.USAGE);
  }

  @Test
  void saysWhatTheBackupLacks() throws IOException {
    SampleBackup sample = new SampleBackup();
    Path file = Files.write(dir.resolve("synod.backup"), sample.bytes());
    assertThat(synod("backup", "--verify", file.toString())).isEqualTo(ExitStatus.OK);
    assertThat(err.lines())
        .containsExactly(
            "# consumer ledger: the backup has its snapshot at index "
                + sample.appIndex()
                + ", and no later entries",
            "# consumer mailer has no snapshot, so the backup has nothing of its state");
  }
}
