package io.synod.api.inspect;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.Deadlines;
import io.synod.api.call.ServerIdentity;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StreamCursors;
import io.synod.api.call.UnaryReply;
import io.synod.v1.BackupResponse;

/** The calls that stream backups. */
public final class BackupCalls {
  private final ServiceContext context;
  private final StreamCursors backups;
  private final ServerIdentity identity;

  public BackupCalls(ServiceContext context, StreamCursors backups, ServerIdentity identity) {
    this.context = context;
    this.backups = backups;
    this.identity = identity;
  }

  void open(StreamObserver<BackupResponse> observer) {
    new UnaryReply<>(observer)
        .guard(
            () -> {
              BackupCursor cursor =
                  new BackupCursor(observer, context, identity, Deadlines.ofCall());
              backups.open(cursor, cursor::release);
              cursor.schedule();
            });
  }
}
