package io.synod.api.log;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.StreamObserver;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.TransferCursor;
import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamReader;
import io.synod.state.Consumer;
import io.synod.state.encoding.Payload;
import io.synod.v1.GetSnapshotResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One GetSnapshot stream. If the cluster has the snapshot and this sidecar does not yet, the stream
 * waits until replication has brought it here.
 */
final class SnapshotCursor extends TransferCursor<GetSnapshotResponse> {
  private static final int CHUNK_BYTES = 256 << 10;
  private static final int CHUNKS_PER_TURN = 4;

  private final ServiceContext context;
  private final SnapshotQuery query;
  private final long deadlineNanos;
  private @Nullable Consumer checked;
  private @Nullable StreamReader streamReader;
  private long offset;

  /**
   * The request, checked.
   *
   * @param sha256 of the snapshot that is resumed; empty for the newest
   */
  record SnapshotQuery(
      String consumer, long minIndex, Payload sha256, long offset, Duration patience) {
    private boolean fits(Consumer.Snapshot snapshot) {
      return snapshot.index() >= minIndex
          && (sha256.bytes().length == 0 || sha256.equals(snapshot.sha256()));
    }
  }

  SnapshotCursor(
      StreamObserver<GetSnapshotResponse> observer, ServiceContext context, SnapshotQuery query) {
    super(observer, context.workers());
    this.context = context;
    this.query = query;
    this.deadlineNanos = System.nanoTime() + query.patience().toNanos();
  }

  /** Ends the wait for the snapshot at its deadline. To be called once it is open. */
  void schedule() {
    signalAfter(query.patience().toNanos());
  }

  @Override
  protected void close() {
    if (streamReader != null) {
      streamReader.close();
    }
  }

  @Override
  protected void transfer() {
    StreamReader from = streamReader == null ? find() : streamReader;
    for (int sent = 0; from != null && sent < CHUNKS_PER_TURN; sent++) {
      if (!ready()) {
        return;
      }
      byte[] chunk = from.read(offset, CHUNK_BYTES);
      if (chunk.length == 0) {
        finish();
        return;
      }
      offset += chunk.length;
      send(
          GetSnapshotResponse.newBuilder()
              .setChunk(UnsafeByteOperations.unsafeWrap(chunk))
              .build());
    }
    if (from != null) {
      signal();
    }
  }

  private @Nullable StreamReader find() {
    Consumer consumer = context.node().reads().state().consumer(query.consumer());
    if (consumer == null) {
      throw StatusErrors.consumerUnknown();
    }
    boolean late = System.nanoTime() - deadlineNanos >= 0;
    if (consumer.equals(checked) && !late) {
      return null;
    }
    checked = consumer;
    boolean known = false;
    for (Consumer.Snapshot snapshot : consumer.newestSnapshots()) {
      StreamReader here = query.fits(snapshot) ? open(snapshot) : null;
      known |= query.fits(snapshot);
      if (here != null) {
        begin(snapshot, here);
        return here;
      }
    }
    if (!known || late) {
      throw StatusErrors.noSnapshot(known);
    }
    return null;
  }

  private @Nullable StreamReader open(Consumer.Snapshot snapshot) {
    StreamReader here;
    try {
      here = context.node().consumers().appSnapshots().open(query.consumer(), snapshot.index());
    } catch (JournalException damaged) {
      // A damaged snapshot is fetched again from a peer.
      return null;
    }
    if (here != null && !here.sha256().equals(Bytes.of(snapshot.sha256().bytes()))) {
      here.close();
      return null;
    }
    return here;
  }

  private void begin(Consumer.Snapshot snapshot, StreamReader here) {
    streamReader = here;
    if (query.offset() > here.bytes()) {
      throw StatusErrors.invalid("offset", "is beyond the end of the snapshot");
    }
    offset = query.offset();
    send(GetSnapshotResponse.newBuilder().setSnapshot(SnapshotMessages.info(snapshot)).build());
  }
}
