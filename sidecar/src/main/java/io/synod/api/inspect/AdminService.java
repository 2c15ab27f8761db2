package io.synod.api.inspect;

import com.google.rpc.Code;
import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.Deadlines;
import io.synod.api.call.Quota;
import io.synod.api.call.RequestFields;
import io.synod.api.call.ResponseInfos;
import io.synod.api.call.ServerIdentity;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.UnaryReply;
import io.synod.paxos.View;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.SnapshotOutcome;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.state.Level;
import io.synod.state.State;
import io.synod.v1.AdminGrpc;
import io.synod.v1.BackupRequest;
import io.synod.v1.BackupResponse;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.Status;
import io.synod.v1.TakeSnapshotRequest;
import io.synod.v1.TakeSnapshotResponse;
import io.synod.v1.TransferLeadershipRequest;
import io.synod.v1.TransferLeadershipResponse;

/** The service for operators: status, snapshots and leadership. */
public final class AdminService extends AdminGrpc.AdminImplBase {
  private final Node node;
  private final ResponseInfos infos;
  private final ServerIdentity identity;
  private final Quota quota;
  private final Alarms alarms;
  private final BackupCalls backups;

  public AdminService(
      ServiceContext context,
      ServerIdentity identity,
      Quota quota,
      Alarms alarms,
      BackupCalls backups) {
    this.node = context.node();
    this.infos = context.infos();
    this.identity = identity;
    this.quota = quota;
    this.alarms = alarms;
    this.backups = backups;
  }

  @Override
  public void getStatus(GetStatusRequest request, StreamObserver<Status> observer) {
    UnaryReply<Status> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(() -> unaryReply.send(status(node.inspection().status())));
  }

  private Status status(NodeStatus now) {
    Status.Builder status =
        Status.newBuilder()
            .setInfo(infos.of(now))
            .setVersion(identity.version())
            .setRole(role(now.role()))
            .setIncarnation(CommonMessages.hex(now.incarnation()))
            .setQuorum(CommonMessages.quorum(now.availability().votes()))
            .setAvailability(availability(now.availability().reason()))
            .setAppliedSlot(now.appliedSlot())
            .setChosenSlot(now.chosenSlot())
            .setOldestIndex(now.oldestIndex())
            .setPendingProposals(now.pending())
            .setDiskBytes(now.bytesOnDisk())
            .setStateDigest(CommonMessages.hex(now.stateDigest()))
            .setState(size(node.reads().state()))
            .setProblem(now.problem())
            .setLevel(now.contents().level())
            .setSupportedLevel(Level.supported())
            .addAllAlarms(now.alarms())
            .addAllAlarms(alarms.of(node.reads().state()));
    if (!now.promised().isNone()) {
      status.setPromised(CommonMessages.ballot(now.promised()));
    }
    if (now.leaderContactNanos() >= 0) {
      status.setLeaderContact(CommonMessages.duration(now.leaderContactNanos()));
    }
    for (View.Peer peer : now.peers()) {
      status.addPeers(peer(peer));
    }
    addSnapshot(status);
    return status.build();
  }

  private void addSnapshot(Status.Builder status) {
    try (StoredSnapshot newest = node.maintenance().snapshot()) {
      if (newest != null) {
        status.setSnapshotIndex(newest.mark().index()).setSnapshotBytes(newest.stream().bytes());
      }
    }
  }

  private Status.StateSize size(State state) {
    return Status.StateSize.newBuilder()
        .setKeys(state.keyCount())
        .setBytes(state.bytes())
        .setBytesMax(quota.max().stateBytes())
        .setDiskBytesMax(quota.max().diskBytes())
        .setSessions(state.sessionCount())
        .setLocks(state.lockCount())
        .setConsumers(state.consumers().size())
        .build();
  }

  private static Status.Peer peer(View.Peer peer) {
    Status.Peer.Builder answer =
        Status.Peer.newBuilder()
            .setNodeId(CommonMessages.node(peer.node()))
            .setConnected(peer.connected())
            .setChosenSlot(peer.chosenThrough());
    if (peer.roundTripNanos() >= 0) {
      answer.setRoundTrip(CommonMessages.duration(peer.roundTripNanos()));
    }
    return answer.build();
  }

  private static Status.Availability availability(Availability.Reason reason) {
    return switch (reason) {
      case AVAILABLE -> Status.Availability.AVAILABILITY_AVAILABLE;
      case NOT_FORMED -> Status.Availability.AVAILABILITY_NOT_FORMED;
      case FORMATION_BLOCKED, ORIGINS_DIFFER -> Status.Availability.AVAILABILITY_FORMATION_BLOCKED;
      case NO_QUORUM -> Status.Availability.AVAILABILITY_NO_QUORUM;
      case QUORUM_LOST -> Status.Availability.AVAILABILITY_QUORUM_LOST;
      case NO_LEADER -> Status.Availability.AVAILABILITY_NO_LEADER;
      case DISK_FULL -> Status.Availability.AVAILABILITY_DISK_FULL;
      case STOPPING -> Status.Availability.AVAILABILITY_STOPPING;
    };
  }

  private static Status.Role role(View.Role role) {
    return switch (role) {
      case FORMING -> Status.Role.ROLE_FORMING;
      case LEARNER -> Status.Role.ROLE_LEARNER;
      case FOLLOWER -> Status.Role.ROLE_FOLLOWER;
      case CANDIDATE -> Status.Role.ROLE_CANDIDATE;
      case LEADER -> Status.Role.ROLE_LEADER;
    };
  }

  @Override
  public void takeSnapshot(
      TakeSnapshotRequest request, StreamObserver<TakeSnapshotResponse> observer) {
    UnaryReply<TakeSnapshotResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () ->
            unaryReply.when(
                node.maintenance().takeSnapshot(Deadlines.ofCall()),
                outcome -> unaryReply.send(taken(outcome))));
  }

  private TakeSnapshotResponse taken(SnapshotOutcome outcome) {
    if (outcome instanceof SnapshotOutcome.Failed failed) {
      throw StatusErrors.snapshotNotTaken(Code.FAILED_PRECONDITION, failed.why());
    }
    if (outcome instanceof SnapshotOutcome.Taken taken) {
      return TakeSnapshotResponse.newBuilder()
          .setInfo(infos.now())
          .setIndex(taken.mark().index())
          .setSizeBytes(taken.bytes())
          .setOldestIndex(node.appliedLog().oldestIndex())
          .build();
    }
    if (outcome instanceof SnapshotOutcome.Stopping) {
      throw StatusErrors.shuttingDown();
    }
    throw StatusErrors.snapshotNotTaken(
        Code.DEADLINE_EXCEEDED, "the snapshot was not complete in time; it may complete later");
  }

  @Override
  public void backup(BackupRequest request, StreamObserver<BackupResponse> observer) {
    backups.open(observer);
  }

  @Override
  public void transferLeadership(
      TransferLeadershipRequest request, StreamObserver<TransferLeadershipResponse> observer) {
    UnaryReply<TransferLeadershipResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          NodeStatus now = node.inspection().status();
          int to = successor(request.getToNodeId(), now);
          if (now.role() != View.Role.LEADER) {
            throw StatusErrors.notLeader(now.leader());
          }
          unaryReply.when(
              node.maintenance().handOver(to, Deadlines.ofCall()),
              done -> {
                if (!done) {
                  throw StatusErrors.notHandedOver();
                }
                unaryReply.send(
                    TransferLeadershipResponse.newBuilder().setInfo(infos.now()).build());
              });
        });
  }

  /** The node that should lead; 0 for any. */
  private static int successor(String id, NodeStatus now) {
    if (id.isEmpty()) {
      return 0;
    }
    int to = RequestFields.node("to_node_id", id);
    if (now.peers().stream().noneMatch(peer -> peer.node() == to)) {
      throw StatusErrors.invalid("to_node_id", "must be the id of another node of this cluster");
    }
    return to;
  }
}
