package io.synod.api.log;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.Deadlines;
import io.synod.api.call.Quota;
import io.synod.api.call.RequestFields;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StateWaits;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.StreamCursors;
import io.synod.api.call.UnaryReply;
import io.synod.state.encoding.Payload;
import io.synod.v1.GetSnapshotRequest;
import io.synod.v1.GetSnapshotResponse;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;

/** The calls of the log service that transfer snapshots of applications' own states. */
public final class SnapshotCalls {
  private static final int SHA256_BYTES = 32;

  private final ServiceContext context;
  private final StreamCursors downloads;
  private final SnapshotAdmission admission;

  public SnapshotCalls(
      ServiceContext context,
      StateWaits waits,
      StreamCursors downloads,
      Quota quota,
      long lapseMillis) {
    this.context = context;
    this.downloads = downloads;
    this.admission = new SnapshotAdmission(context, waits, quota, lapseMillis);
  }

  StreamObserver<PutSnapshotRequest> put(StreamObserver<PutSnapshotResponse> observer) {
    return new SnapshotUpload(admission, context, observer);
  }

  void get(GetSnapshotRequest request, StreamObserver<GetSnapshotResponse> observer) {
    new UnaryReply<>(observer)
        .guard(
            () -> {
              SnapshotCursor cursor = new SnapshotCursor(observer, context, query(request));
              downloads.open(cursor, cursor::release);
              cursor.schedule();
            });
  }

  private static SnapshotCursor.SnapshotQuery query(GetSnapshotRequest request) {
    String consumer = RequestFields.consumer("consumer", request.getConsumer());
    long min = RequestFields.number("min_index", request.getMinIndex());
    int digest = request.getSha256().size();
    if (digest != 0 && digest != SHA256_BYTES) {
      throw StatusErrors.invalid("sha256", "must have 32 bytes");
    }
    long offset = RequestFields.number("offset", request.getOffset());
    if (offset > 0 && digest == 0) {
      throw StatusErrors.invalid("offset", "must not be set without sha256");
    }
    Payload sha256 = Payload.of(request.getSha256().toByteArray());
    return new SnapshotCursor.SnapshotQuery(consumer, min, sha256, offset, Deadlines.ofCall());
  }
}
