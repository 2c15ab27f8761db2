package io.synod.cli.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import io.grpc.Status;
import io.synod.cli.shared.CannedSidecar;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Terminal;
import io.synod.v1.GetSnapshotRequest;
import io.synod.v1.GetSnapshotResponse;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.SnapshotInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code synod snapshot put} and {@code get}. */
@SuppressWarnings("NullAway.Init") // set before each test
final class SnapshotCommandsTest {
  private static final int CHUNK = 1000;

  @TempDir Path dir;
  private CannedSidecar sidecar;
  private byte[] content;
  private SnapshotInfo info;
  private Path file;

  @BeforeEach
  void start() throws IOException {
    sidecar = new CannedSidecar();
    content = new byte[700_000];
    new Random(1).nextBytes(content);
    file = dir.resolve("state");
    Path whole = Files.write(dir.resolve("whole"), content);
    info =
        SnapshotInfo.newBuilder()
            .setIndex(40)
            .setFormat("orders/v3")
            .setSizeBytes(content.length)
            .setSha256(ByteString.copyFrom(SnapshotFiles.sha256(whole)))
            .build();
  }

  @AfterEach
  void stop() {
    sidecar.close();
  }

  @Test
  void sendsAFileInChunksBehindItsDigest() {
    sidecar.answer(
        PutSnapshotRequest.class,
        PutSnapshotResponse.newBuilder().setSnapshot(info).setTrimmableBelow(41).build());

    Terminal run =
        Terminal.run(
            sidecar,
            "snapshot",
            "put",
            "orders",
            dir.resolve("whole").toString(),
            "--index=40",
            "--format=orders/v3");

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .startsWith("at index 40, 700,000 bytes, format orders/v3, sha256 ")
        .endsWith("; orders needs no log below index 41\n");
    List<PutSnapshotRequest> parts = sidecar.requests(PutSnapshotRequest.class);
    assertThat(parts.get(0).getHeader())
        .isEqualTo(
            PutSnapshotRequest.Header.newBuilder().setConsumer("orders").setSnapshot(info).build());
    assertThat(ByteString.copyFrom(parts.stream().map(PutSnapshotRequest::getChunk).toList()))
        .isEqualTo(ByteString.copyFrom(content));
    assertThat(parts).allMatch(part -> part.getChunk().size() <= 1 << 20);
  }

  @Test
  void stopsSendingWhenItIsRefused() {
    sidecar.refuse(
        PutSnapshotRequest.class,
        CannedSidecar.error(Code.INVALID_ARGUMENT, "INVALID_REQUEST", "no such index"));

    Terminal run =
        Terminal.run(
            sidecar,
            "snapshot",
            "put",
            "refused",
            dir.resolve("whole").toString(),
            "--index=40",
            "--format=f");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.err()).isEqualTo("synod: INVALID_REQUEST: no such index\n");
  }

  @Test
  void namesTheFileItCannotSend() {
    Terminal run =
        Terminal.run(
            sidecar, "snapshot", "put", "orders", dir + "/none", "--index=40", "--format=f");

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.ERROR);
    assertThat(run.err()).contains("none: there is no such file");
  }

  /** At most {@code most} chunks of what the request asks for. */
  private List<Message> parts(GetSnapshotRequest request, int most) {
    List<Message> parts = new ArrayList<>();
    parts.add(GetSnapshotResponse.newBuilder().setSnapshot(info).build());
    int at = (int) request.getOffset();
    for (int i = 0; i < most && at < content.length; i++) {
      int size = Math.min(CHUNK, content.length - at);
      parts.add(
          GetSnapshotResponse.newBuilder()
              .setChunk(ByteString.copyFrom(content, at, size))
              .build());
      at += size;
    }
    return parts;
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(path -> !path.endsWith("whole")).toList();
    }
  }

  @Test
  void fetchesTheNewestAndChecksIt() throws IOException {
    sidecar.stream(GetSnapshotRequest.class, request -> parts(request, Integer.MAX_VALUE));

    Terminal run =
        Terminal.run(sidecar, "snapshot", "get", "orders", file.toString(), "--min-index=30");

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).startsWith("at index 40, 700,000 bytes, format orders/v3, sha256 ");
    assertThat(Files.readAllBytes(file)).isEqualTo(content);
    assertThat(left()).containsExactly(file);
    assertThat(sidecar.requests(GetSnapshotRequest.class))
        .containsExactly(
            GetSnapshotRequest.newBuilder().setConsumer("orders").setMinIndex(30).build());
  }

  @Test
  void goesOnWhereItWasBrokenOff() throws IOException {
    sidecar.stream(
        GetSnapshotRequest.class,
        request -> parts(request, request.getOffset() == 0 ? 300 : Integer.MAX_VALUE));
    sidecar.endings.add(Status.UNAVAILABLE);

    Terminal run = Terminal.run(sidecar, "snapshot", "get", "orders", file.toString());

    assertThat(run.exitStatus()).isZero();
    assertThat(run.err()).isEqualTo("# the connection broke; resuming after 300,000 bytes\n");
    assertThat(Files.readAllBytes(file)).isEqualTo(content);
    assertThat(sidecar.requests(GetSnapshotRequest.class).get(1))
        .isEqualTo(
            GetSnapshotRequest.newBuilder()
                .setConsumer("orders")
                .setSha256(info.getSha256())
                .setOffset(300_000)
                .build());
  }

  @Test
  void goesOnInAnotherRunAndGivesUpWhereNothingComes() throws IOException {
    sidecar.stream(
        GetSnapshotRequest.class, request -> parts(request, request.getOffset() == 0 ? 300 : 0));
    sidecar.endings.add(Status.UNAVAILABLE);
    sidecar.endings.add(Status.UNAVAILABLE);

    Terminal broken = Terminal.run(sidecar, "snapshot", "get", "orders", file.toString());
    assertThat(broken.exitStatus()).isEqualTo(ExitStatus.UNAVAILABLE);
    assertThat(file).doesNotExist();
    assertThat(left()).singleElement().asString().endsWith(".part");

    sidecar.stream(GetSnapshotRequest.class, request -> parts(request, Integer.MAX_VALUE));
    Terminal again = Terminal.run(sidecar, "snapshot", "get", "orders", file.toString());
    assertThat(again.err()).isEqualTo("# resuming after 300,000 bytes\n");
    assertThat(Files.readAllBytes(file)).isEqualTo(content);
    assertThat(left()).containsExactly(file);
  }

  @Test
  void beginsAgainWhenThereIsANewerOne() throws IOException {
    Files.write(
        dir.resolve("state." + HexFormat.of().formatHex(new byte[32]) + ".part"), new byte[9]);
    sidecar.stream(
        GetSnapshotRequest.class,
        request -> {
          if (request.getOffset() > 0) {
            throw CannedSidecar.error(Code.NOT_FOUND, "NO_SNAPSHOT", "not any more");
          }
          return parts(request, Integer.MAX_VALUE);
        });

    Terminal run = Terminal.run(sidecar, "snapshot", "get", "orders", file.toString());

    assertThat(run.exitStatus()).isZero();
    assertThat(Files.readAllBytes(file)).isEqualTo(content);
    assertThat(left()).containsExactly(file);
  }

  @Test
  void keepsNothingThatHasAnotherDigest() throws IOException {
    Files.writeString(file, "before");
    sidecar.stream(
        GetSnapshotRequest.class,
        request -> {
          List<Message> parts = parts(request, Integer.MAX_VALUE);
          parts.set(
              1,
              GetSnapshotResponse.newBuilder()
                  .setChunk(ByteString.copyFrom(new byte[CHUNK]))
                  .build());
          return parts;
        });

    Terminal run = Terminal.run(sidecar, "snapshot", "get", "orders", file.toString());

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.ERROR);
    assertThat(run.err()).contains("digest");
    assertThat(Files.readString(file)).isEqualTo("before");
    assertThat(left()).containsExactly(file);
  }

  @Test
  void leavesNothingWhereThereIsNoSnapshot() throws IOException {
    sidecar.refuse(
        GetSnapshotRequest.class,
        CannedSidecar.error(Code.NOT_FOUND, "NO_SNAPSHOT", "orders has none"));

    Terminal run = Terminal.run(sidecar, "snapshot", "get", "orders", file.toString());

    assertThat(run.exitStatus()).isEqualTo(ExitStatus.ERROR);
    assertThat(run.err()).isEqualTo("synod: NO_SNAPSHOT: orders has none\n");
    assertThat(left()).isEmpty();
  }
}
