package io.synod.cli.snapshot;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.synod.cli.shared.CallFailure;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ValueText;
import io.synod.v1.GetSnapshotRequest;
import io.synod.v1.GetSnapshotResponse;
import io.synod.v1.LogGrpc;
import io.synod.v1.SnapshotInfo;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code synod snapshot get} command. */
@Command(
    name = "get",
    description = {"Fetch the newest snapshot of a consumer's own state into a file.", ""},
    footer = {
      "",
      "Received bytes are kept beside FILE, in a file named by the digest, until the snapshot is"
          + " complete. After a break, the same command resumes the transfer. FILE is complete, or"
          + " absent."
    })
final class SnapshotGetCommand extends ClientCommand {
  private static final String PART = ".part";

  @Parameters(index = "0", paramLabel = "CONSUMER", description = "The consumer.")
  String consumer = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The file to write.")
  @SuppressWarnings("NullAway.Init") // picocli demands and sets it
  Path file;

  @Option(
      names = "--min-index",
      paramLabel = "INDEX",
      defaultValue = "0",
      description = "Only a snapshot of at least this index. Default: the newest, however old")
  long minIndex;

  private @Nullable SnapshotInfo got;

  @Override
  protected int run(ManagedChannel channel) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("cannot write " + file + ": it is a directory");
    }
    Path part = part();
    if (part != null) {
      printError("# resuming after " + ValueText.bytes(Files.size(part)));
    }
    while (true) {
      long before = part == null ? -1 : Files.size(part);
      try {
        return finish(fetch(LogGrpc.newBlockingStub(channel), part));
      } catch (StatusRuntimeException e) {
        String reason = CallFailure.of(e, endpoint, false).reason();
        if (part != null && reason.equals("NO_SNAPSHOT")) {
          // There is a newer snapshot, so the part is useless.
          Files.delete(part);
          part = null;
          continue;
        }
        part = part();
        long now = part == null ? -1 : Files.size(part);
        if (e.getStatus().getCode() != Status.Code.UNAVAILABLE || now <= before) {
          throw e;
        }
        printError("# the connection broke; resuming after " + ValueText.bytes(now));
      }
    }
  }

  /** The part that an earlier attempt left; null if there is none. */
  private @Nullable Path part() throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new IOException("cannot write " + file + ": its directory does not exist");
    }
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(directory, path -> digest(path) != null)) {
      Iterator<Path> found = parts.iterator();
      return found.hasNext() ? found.next() : null;
    }
  }

  /** The digest in the name of a part of this file; null for other files. */
  private byte @Nullable [] digest(Path path) {
    String name = path.getFileName().toString();
    String begin = file.getFileName() + ".";
    if (!name.startsWith(begin) || !name.endsWith(PART)) {
      return null;
    }
    try {
      String hex = name.substring(begin.length(), name.length() - PART.length());
      return hex.length() == 64 ? HexFormat.of().parseHex(hex) : null;
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      return null;
    }
  }

  /** Fetches the rest; returns the complete part. */
  private Path fetch(LogGrpc.LogBlockingStub stub, @Nullable Path part) throws IOException {
    GetSnapshotRequest.Builder request =
        GetSnapshotRequest.newBuilder().setConsumer(consumer).setMinIndex(minIndex);
    byte[] digest = part == null ? null : digest(part);
    if (part != null && digest != null) {
      request.setSha256(ByteString.copyFrom(digest)).setOffset(Files.size(part));
    }
    Context.CancellableContext context = Context.current().withCancellation();
    Context before = context.attach();
    try {
      return write(stub.getSnapshot(request.build()));
    } finally {
      context.detach(before);
      context.cancel(null);
    }
  }

  private Path write(Iterator<GetSnapshotResponse> stream) throws IOException {
    if (!stream.hasNext()) {
      throw Status.UNAVAILABLE.asRuntimeException();
    }
    SnapshotInfo snapshot = stream.next().getSnapshot();
    got = snapshot;
    String hex = HexFormat.of().formatHex(snapshot.getSha256().toByteArray());
    Path part = file.resolveSibling(file.getFileName() + "." + hex + PART);
    try (OutputStream out =
        Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (stream.hasNext()) {
        stream.next().getChunk().writeTo(out);
      }
    }
    if (Files.size(part) < snapshot.getSizeBytes()) {
      throw Status.UNAVAILABLE.asRuntimeException();
    }
    return part;
  }

  private int finish(Path part) throws IOException {
    if (!Arrays.equals(SnapshotFiles.sha256(part), digest(part))) {
      Files.delete(part);
      return fail(
          new CallFailure(
              ExitStatus.ERROR,
              "DIGEST_MISMATCH",
              "the received bytes do not have the snapshot's digest, and were deleted; fetch it"
                  + " again"));
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    SnapshotInfo snapshot = got;
    if (snapshot != null && json()) {
      printJson(snapshot);
    } else if (snapshot != null) {
      print(SnapshotFiles.text(snapshot));
    }
    return ExitStatus.OK;
  }
}
