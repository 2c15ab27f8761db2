package io.synod.api.log;

import com.google.protobuf.UnsafeByteOperations;
import io.synod.api.call.CommonMessages;
import io.synod.state.Consumer;
import io.synod.state.State;
import io.synod.v1.SnapshotInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Converts descriptions of applications' snapshots into messages of the client API. */
final class SnapshotMessages {
  private SnapshotMessages() {}

  static SnapshotInfo info(Consumer.Snapshot snapshot) {
    return SnapshotInfo.newBuilder()
        .setIndex(snapshot.index())
        .setFormat(snapshot.format())
        .setSizeBytes(snapshot.bytes())
        .setSha256(UnsafeByteOperations.unsafeWrap(snapshot.sha256().bytes()))
        .setNodeId(CommonMessages.node(snapshot.node()))
        .setCreateTime(CommonMessages.time(snapshot.createMillis()))
        .build();
  }

  /** All snapshots of a consumer that the cluster knows of, the newest first. */
  static List<SnapshotInfo> infos(@Nullable Consumer consumer) {
    List<SnapshotInfo> infos = new ArrayList<>();
    if (consumer != null) {
      consumer.newestSnapshots().forEach(one -> infos.add(info(one)));
    }
    return infos;
  }

  /** The first index that this consumer needs; one above the last if it needs none. */
  static long neededFrom(Consumer consumer, State now, long lapsedMillis) {
    return Math.min(consumer.needsFrom(lapsedMillis), now.index() + 1);
  }
}
