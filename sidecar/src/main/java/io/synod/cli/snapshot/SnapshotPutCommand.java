package io.synod.cli.snapshot;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ValueText;
import io.synod.v1.LogGrpc;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.SnapshotInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code synod snapshot put} command. */
@Command(
    name = "put",
    description = {
      "Store a snapshot of a consumer's own state. Success means: durable on a quorum.",
      ""
    },
    footer = {
      "",
      "--timeout counts from the last byte, plus a second for every 8 MiB, since the peers fetch"
          + " the snapshot before the answer. It is safe to put a snapshot again."
    })
final class SnapshotPutCommand extends ClientCommand {
  private static final int CHUNK_BYTES = 256 << 10;
  private static final long BYTES_PER_SECOND = 8 << 20;

  @Parameters(index = "0", paramLabel = "CONSUMER", description = "The consumer.")
  String consumer = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The snapshot.")
  @SuppressWarnings("NullAway.Init") // picocli demands and sets it
  Path file;

  @Option(
      names = "--index",
      required = true,
      paramLabel = "INDEX",
      description = "The last log index that the snapshot includes.")
  long index;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "TEXT",
      description = "A label chosen by the application, such as orders/v3.")
  String format = "";

  @Override
  protected boolean acts() {
    return true;
  }

  @Override
  protected int run(ManagedChannel channel) throws IOException {
    ByteString digest = ByteString.copyFrom(SnapshotFiles.sha256(file));
    SnapshotInfo snapshot =
        SnapshotInfo.newBuilder()
            .setIndex(index)
            .setFormat(format)
            .setSizeBytes(Files.size(file))
            .setSha256(digest)
            .build();
    PutSnapshotResponse response = send(channel, snapshot);
    if (json()) {
      printJson(response);
    } else {
      print(
          SnapshotFiles.text(response.getSnapshot())
              + "; "
              + ValueText.line(consumer)
              + " needs no log below index "
              + response.getTrimmableBelow());
    }
    return ExitStatus.OK;
  }

  private PutSnapshotResponse send(ManagedChannel channel, SnapshotInfo snapshot)
      throws IOException {
    UploadObserver upload = new UploadObserver();
    Object unused = LogGrpc.newStub(channel).putSnapshot(upload);
    ClientCallStreamObserver<PutSnapshotRequest> requests = upload.requests();
    try (InputStream in = Files.newInputStream(file)) {
      requests.onNext(
          PutSnapshotRequest.newBuilder()
              .setHeader(
                  PutSnapshotRequest.Header.newBuilder()
                      .setConsumer(consumer)
                      .setSnapshot(snapshot))
              .build());
      byte[] chunk = in.readNBytes(CHUNK_BYTES);
      while (chunk.length > 0 && upload.awaitRoom()) {
        requests.onNext(
            PutSnapshotRequest.newBuilder().setChunk(ByteString.copyFrom(chunk)).build());
        chunk = in.readNBytes(CHUNK_BYTES);
      }
      if (!upload.isDone()) {
        requests.onCompleted();
      }
      long patience = timeout.toMillis() + 1000 * (snapshot.getSizeBytes() / BYTES_PER_SECOND);
      return upload.await(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      requests.cancel("interrupted", null);
      throw Status.CANCELLED.asRuntimeException();
    }
  }

  /** The answer of the call. An error may arrive before everything is sent. */
  private static final class UploadObserver
      implements ClientResponseObserver<PutSnapshotRequest, PutSnapshotResponse> {
    private final CompletableFuture<PutSnapshotResponse> response = new CompletableFuture<>();
    private final Semaphore ready = new Semaphore(0);
    private @Nullable ClientCallStreamObserver<PutSnapshotRequest> requests;

    @Override
    public void beforeStart(ClientCallStreamObserver<PutSnapshotRequest> stream) {
      requests = stream;
      stream.setOnReadyHandler(ready::release);
    }

    ClientCallStreamObserver<PutSnapshotRequest> requests() {
      if (requests == null) {
        throw new IllegalStateException("not begun");
      }
      return requests;
    }

    /** Waits until more can be sent; returns false if the answer has arrived. */
    boolean awaitRoom() throws InterruptedException {
      while (!isDone()) {
        if (requests().isReady()) {
          return true;
        }
        ready.acquire();
      }
      return false;
    }

    boolean isDone() {
      return response.isDone();
    }

    PutSnapshotResponse await(long millis) throws InterruptedException {
      try {
        return response.get(millis, TimeUnit.MILLISECONDS);
      } catch (ExecutionException e) {
        Metadata trailers = Status.trailersFromThrowable(e.getCause());
        Status status = Status.fromThrowable(e.getCause());
        throw new StatusRuntimeException(status, trailers);
      } catch (TimeoutException e) {
        requests().cancel("no answer in time", e);
        throw Status.DEADLINE_EXCEEDED.asRuntimeException();
      }
    }

    @Override
    public void onNext(PutSnapshotResponse message) {
      response.complete(message);
      ready.release();
    }

    @Override
    public void onError(Throwable error) {
      response.completeExceptionally(error);
      ready.release();
    }

    @Override
    public void onCompleted() {
      onError(Status.UNAVAILABLE.asRuntimeException());
    }
  }
}
