package io.synod.api.call;

import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Inspection;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.v1.ResponseInfo;
import org.jspecify.annotations.Nullable;

/** Builds the {@code ResponseInfo} of every answer. Any thread may call it. */
public final class ResponseInfos {
  /** How long one status is reused: taking one needs locks that proposals need too. */
  private static final long SHARED_NANOS = 5_000_000;

  private final Inspection inspection;
  private final AppliedLog appliedLog;
  private final ServerIdentity identity;
  private volatile @Nullable Seen seen;

  private record Seen(NodeStatus status, long atNanos) {}

  public ResponseInfos(Inspection inspection, AppliedLog appliedLog, ServerIdentity identity) {
    this.inspection = inspection;
    this.appliedLog = appliedLog;
    this.identity = identity;
  }

  /** The number of this node. */
  public int node() {
    return recent().node();
  }

  /** The name of the cluster. */
  public String cluster() {
    return identity.cluster();
  }

  /** The size of the journal here, in bytes. */
  long bytesOnDisk() {
    return recent().bytesOnDisk();
  }

  public ResponseInfo now() {
    return of(inspection.status());
  }

  public ResponseInfo of(NodeStatus status) {
    return info(status).setAppliedIndex(status.appliedIndex()).build();
  }

  /** For an answer that reflects exactly the state at this index. */
  public ResponseInfo at(long index) {
    return info(recent()).setAppliedIndex(index).build();
  }

  /** For an answer that reflects the entry with this index, and possibly later ones. */
  public ResponseInfo including(long index) {
    return info(recent()).setAppliedIndex(Math.max(index, appliedLog.appliedIndex())).build();
  }

  /**
   * For a read.
   *
   * @param appliedIndex the index whose state the answer reflects
   */
  public ResponseInfo read(ReadLevel level, ReadFreshness.Fresh fresh, long appliedIndex) {
    ResponseInfo.Builder info =
        info(recent()).setAppliedIndex(appliedIndex).setEffectiveLevel(level(level));
    if (fresh.stalenessNanos() >= 0) {
      info.setStaleness(CommonMessages.duration(fresh.stalenessNanos()));
    }
    return info.build();
  }

  private ResponseInfo.Builder info(NodeStatus status) {
    ResponseInfo.Builder info =
        ResponseInfo.newBuilder()
            .setCluster(identity.cluster())
            .setNodeId(CommonMessages.node(status.node()));
    if (!status.leader().isNone()) {
      info.setLeader(CommonMessages.ballot(status.leader()));
    }
    return info;
  }

  private NodeStatus recent() {
    long now = System.nanoTime();
    Seen last = seen;
    if (last == null || now - last.atNanos() > SHARED_NANOS) {
      last = new Seen(inspection.status(), now);
      seen = last;
    }
    return last.status();
  }

  private static io.synod.v1.ReadLevel level(ReadLevel level) {
    return switch (level) {
      case STRONG -> io.synod.v1.ReadLevel.READ_LEVEL_STRONG;
      case SESSION -> io.synod.v1.ReadLevel.READ_LEVEL_SESSION;
      case BOUNDED -> io.synod.v1.ReadLevel.READ_LEVEL_BOUNDED;
      case LOCAL -> io.synod.v1.ReadLevel.READ_LEVEL_LOCAL;
    };
  }
}
