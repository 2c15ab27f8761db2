package io.synod.api;

import io.synod.runtime.Freshness;
import io.synod.runtime.Node;
import io.synod.runtime.NodeStatus;
import io.synod.runtime.ReadLevel;
import io.synod.v1.ResponseInfo;

/** What stands on every answer. Any thread may call it. */
final class Infos {
  private final Node node;
  private final Identity identity;

  Infos(Node node, Identity identity) {
    this.node = node;
    this.identity = identity;
  }

  ResponseInfo now() {
    return of(node.status());
  }

  /** For an answer that reflects the entry with this index, whatever the status knows already. */
  ResponseInfo including(long index) {
    NodeStatus status = node.status();
    return info(status).setAppliedIndex(Math.max(index, status.appliedIndex())).build();
  }

  ResponseInfo of(NodeStatus status) {
    return info(status).build();
  }

  /**
   * For a read.
   *
   * @param appliedIndex what the answer reflects
   */
  ResponseInfo read(ReadLevel level, Freshness.Fresh fresh, long appliedIndex) {
    ResponseInfo.Builder info =
        info(node.status()).setAppliedIndex(appliedIndex).setEffectiveLevel(level(level));
    if (fresh.stalenessNanos() >= 0) {
      info.setStaleness(WireForm.duration(fresh.stalenessNanos()));
    }
    return info.build();
  }

  private ResponseInfo.Builder info(NodeStatus status) {
    ResponseInfo.Builder info =
        ResponseInfo.newBuilder()
            .setCluster(identity.cluster())
            .setNodeId(WireForm.node(status.node()))
            .setAppliedIndex(status.appliedIndex());
    if (!status.leader().isNone()) {
      info.setLeader(WireForm.ballot(status.leader()));
    }
    return info;
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
