package io.synod.backup;

import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.InputSource;
import io.synod.cli.shared.Interruption;
import io.synod.paxos.value.Bytes;
import io.synod.runtime.backup.BackupException;
import io.synod.runtime.backup.BackupReader;
import io.synod.v1.AdminGrpc;
import io.synod.v1.BackupRequest;
import io.synod.v1.BackupResponse;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code synod backup} command. */
@Command(
    name = "backup",
    description = {
      "Write a backup of the state of a running sidecar, and of its consumers' snapshots, to a"
          + " file.",
      ""
    },
    footer = {
      "",
      "The state is the one that the sidecar has applied when the command begins, so it includes"
          + " everything that this sidecar acknowledged before. FILE appears once the backup is"
          + " complete, decoded again and synced. `synod restore` makes a new cluster of it."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class BackupCommand extends ClientCommand {
  private static final String STANDARD_OUTPUT = "-";

  @Parameters(
      paramLabel = "FILE",
      description = "The file to write, or - for standard output; with --verify, the one to read.")
  Path file;

  @Option(names = "--force", description = "Overwrite FILE if it exists.")
  boolean force;

  @Option(
      names = "--verify",
      description = "Call no sidecar: read FILE, check all checksums, and decode it.")
  boolean verify;

  /** Called by picocli. */
  public BackupCommand() {}

  @Override
  protected int run(ManagedChannel channel) throws IOException {
    refuse(verify && force ? "--verify writes nothing: leave out --force" : null);
    if (verify) {
      return verify();
    }
    try (Interruption interruption = new Interruption()) {
      Context before = interruption.context().attach();
      try {
        Iterator<BackupResponse> parts =
            AdminGrpc.newBlockingStub(channel).backup(BackupRequest.getDefaultInstance());
        return file.toString().equals(STANDARD_OUTPUT) ? print(parts) : write(parts);
      } finally {
        interruption.context().detach(before);
      }
    }
  }

  private int verify() throws IOException {
    refuse(
        file.toString().equals(STANDARD_OUTPUT)
            ? "--verify reads a file: standard input cannot be verified"
            : null);
    try (InputStream in = new BufferedInputStream(InputSource.open(file))) {
      report(BackupSummary.of(BackupReader.read(in, BackupReader.AppReceiver.NONE)));
      return ExitStatus.OK;
    } catch (BackupException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private int write(Iterator<BackupResponse> parts) throws IOException {
    PartFile.Existing existing =
        force ? PartFile.Existing.REPLACED : PartFile.Existing.KEPT_WITHOUT_FORCE;
    try (PartFile part = PartFile.create(file, existing)) {
      BackupResponse.End end = receive(parts, bytes -> write(bytes, part));
      Bytes sha256 = Bytes.of(end.getSha256().toByteArray());
      report(BackupSummary.of(part.completeBackup(end.getSizeBytes(), sha256)));
      return ExitStatus.OK;
    }
  }

  private static void write(ByteString bytes, PartFile part) throws IOException {
    for (ByteBuffer buffer : bytes.asReadOnlyByteBufferList()) {
      part.write(buffer);
    }
  }

  /** What is printed cannot be read again: the reader must verify it. */
  private int print(Iterator<BackupResponse> parts) throws IOException {
    BackupResponse.End end =
        receive(
            parts,
            bytes -> {
              print(bytes);
              if (unread()) {
                throw new IOException("standard output accepts no more bytes");
              }
            });
    out().flush();
    printError(
        "# "
            + end.getSizeBytes()
            + " bytes, sha256 "
            + java.util.HexFormat.of().formatHex(end.getSha256().toByteArray())
            + "; check the received file with: synod backup --verify FILE");
    return ExitStatus.OK;
  }

  private interface Sink {
    void accept(ByteString bytes) throws IOException;
  }

  private static BackupResponse.End receive(Iterator<BackupResponse> parts, Sink sink)
      throws IOException {
    BackupResponse.@Nullable End end = null;
    long bytes = 0;
    while (parts.hasNext()) {
      BackupResponse part = parts.next();
      if (part.hasChunk()) {
        sink.accept(part.getChunk());
        bytes += part.getChunk().size();
      } else if (part.hasEnd()) {
        end = part.getEnd();
      }
    }
    if (end == null || end.getSizeBytes() != bytes) {
      throw new IOException("the sidecar ended the backup before it was complete");
    }
    return end;
  }

  private void report(BackupSummary summary) {
    print(json() ? summary.json() : file + ": " + summary.text());
    summary.warnings().forEach(this::printError);
  }
}
