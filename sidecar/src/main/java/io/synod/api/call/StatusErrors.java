package io.synod.api.call;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.synod.paxos.value.Ballot;
import io.synod.runtime.node.Availability;
import io.synod.v1.CompactionInfo;
import io.synod.v1.LeaderHint;
import io.synod.v1.OutcomeUnknown;
import io.synod.v1.Reason;
import io.synod.v1.SnapshotInfo;
import io.synod.v1.StalenessInfo;
import java.util.List;
import java.util.Map;

/**
 * Builds every error that a client can receive, as common.proto promises it: a status code, a
 * reason, typed details. UNAVAILABLE is used only for requests that were surely not executed, since
 * clients repeat those.
 */
public final class StatusErrors {
  private static final String DOMAIN = "synod.dev";
  private static final long NO_QUORUM_RETRY_MILLIS = 500;
  private static final long FOR_GOOD_RETRY_MILLIS = 60_000;
  private static final long CROWDED_RETRY_MILLIS = 1_000;
  private static final long QUOTA_RETRY_MILLIS = 5_000;

  private StatusErrors() {}

  public static StatusRuntimeException invalid(String field, String why) {
    ErrorInfo info = info(Reason.INVALID_REQUEST).toBuilder().putMetadata("field", field).build();
    return refuse(Code.INVALID_ARGUMENT, field + " " + why, info);
  }

  static StatusRuntimeException commandTooLarge(int bytes, int bytesMax) {
    ErrorInfo info =
        info(Reason.COMMAND_TOO_LARGE).toBuilder()
            .putAllMetadata(
                Map.of("bytes", String.valueOf(bytes), "bytes_max", String.valueOf(bytesMax)))
            .build();
    String text = "command has " + bytes + " bytes; at most " + bytesMax + " are taken";
    return refuse(Code.INVALID_ARGUMENT, text, info);
  }

  /** The request was not chosen in time, and surely never will be. */
  static StatusRuntimeException unavailable(Reason reason, Availability why) {
    return refuse(
        Code.UNAVAILABLE,
        why.why(),
        info(reason),
        CommonMessages.quorum(why.votes()),
        retryAfter(why.isForGood() ? FOR_GOOD_RETRY_MILLIS : NO_QUORUM_RETRY_MILLIS));
  }

  public static StatusRuntimeException overloaded(String what, long retryAfterMillis) {
    return refuse(
        Code.RESOURCE_EXHAUSTED,
        what + "; retry later",
        info(Reason.OVERLOADED),
        retryAfter(retryAfterMillis));
  }

  /** Refuses to open another of something, since the limit is reached. */
  static StatusRuntimeException crowded(String what, int openMax) {
    return overloaded(openMax + " " + what + " are open, the maximum", CROWDED_RETRY_MILLIS);
  }

  /** Refuses a call because clients have too many unread responses. */
  public static StatusRuntimeException unread() {
    return overloaded(
        "clients of this sidecar have too many unread responses", CROWDED_RETRY_MILLIS);
  }

  static StatusRuntimeException outcomeUnknown(String advice, OutcomeUnknown resend) {
    return refuse(
        Code.UNKNOWN,
        "the wait ended before the outcome was known; " + advice,
        info(Reason.OUTCOME_UNKNOWN),
        resend);
  }

  public static StatusRuntimeException holdUnknown() {
    return refuse(
        Code.UNKNOWN,
        "the outcome was not known in time; if the lock was granted, this sidecar releases it",
        info(Reason.OUTCOME_UNKNOWN),
        OutcomeUnknown.getDefaultInstance());
  }

  static StatusRuntimeException notHeld() {
    return refuse(
        Code.ABORTED,
        "the lock is not held under this fencing_token",
        info(Reason.CONDITION_FAILED));
  }

  static StatusRuntimeException sessionUnknown(long session) {
    return refuse(
        Code.FAILED_PRECONDITION,
        "session " + session + " was closed, expired, was evicted or never existed",
        info(Reason.SESSION_UNKNOWN));
  }

  static StatusRuntimeException sequenceReused(long session, long sequence) {
    return refuse(
        Code.INVALID_ARGUMENT,
        "sequence " + sequence + " of session " + session + " was used with another payload",
        info(Reason.SEQUENCE_REUSED));
  }

  static StatusRuntimeException sequenceForgotten(long session, long sequence, long ackedBelow) {
    return refuse(
        Code.FAILED_PRECONDITION,
        "the answer to sequence %d of session %d is forgotten: acknowledged below %d"
            .formatted(sequence, session, ackedBelow),
        info(Reason.SEQUENCE_FORGOTTEN));
  }

  static StatusRuntimeException sequenceAhead(long session, long sequence, long limit) {
    return refuse(
        Code.RESOURCE_EXHAUSTED,
        "sequence %d of session %d is more than %d above the acknowledged ones; raise acked_below"
            .formatted(sequence, session, limit),
        info(Reason.SEQUENCE_AHEAD));
  }

  static StatusRuntimeException answersFull(long bytesMax) {
    return refuse(
        Code.RESOURCE_EXHAUSTED,
        "the session has too many unacknowledged answers, or more than "
            + bytesMax
            + " bytes of them: raise acked_below, and repeat it under the next sequence",
        info(Reason.SEQUENCE_AHEAD));
  }

  static StatusRuntimeException requestIdReused() {
    return refuse(
        Code.INVALID_ARGUMENT,
        "this request_id was used with another payload",
        info(Reason.REQUEST_ID_REUSED));
  }

  /** The pair does not satisfy if_mod_index; {@code modIndex} is 0 if there is no such key. */
  public static StatusRuntimeException pairDiffers(long modIndex) {
    String is = modIndex == 0 ? "there is no such key" : "its mod_index is " + modIndex;
    ErrorInfo info =
        info(Reason.CONDITION_FAILED).toBuilder()
            .putMetadata("mod_index", String.valueOf(modIndex))
            .build();
    return refuse(Code.ABORTED, "if_mod_index does not hold: " + is, info);
  }

  static StatusRuntimeException quotaExceeded(
      String text, String quota, long bytes, long bytesMax) {
    ErrorInfo info =
        info(Reason.QUOTA_EXCEEDED).toBuilder()
            .putMetadata("quota", quota)
            .putMetadata("bytes", String.valueOf(bytes))
            .putMetadata("bytes_max", String.valueOf(bytesMax))
            .build();
    return refuse(Code.RESOURCE_EXHAUSTED, text, info, retryAfter(QUOTA_RETRY_MILLIS));
  }

  /** The disk here has no space for the log. */
  static StatusRuntimeException diskFull(Availability why) {
    ErrorInfo info = info(Reason.QUOTA_EXCEEDED).toBuilder().putMetadata("quota", "disk").build();
    return refuse(Code.RESOURCE_EXHAUSTED, why.why(), info, retryAfter(QUOTA_RETRY_MILLIS));
  }

  static StatusRuntimeException tooStale(long appliedIndex, long stalenessNanos) {
    return refuse(
        Code.FAILED_PRECONDITION,
        "the state applied here is older than max_staleness, and no leader confirmed a newer one",
        info(Reason.TOO_STALE),
        staleness(appliedIndex, stalenessNanos));
  }

  static StatusRuntimeException notYetApplied(long appliedIndex, long index, long contactNanos) {
    String what =
        index == 0
            ? "the entries chosen before this sidecar started were not all"
            : "index " + index + " was not";
    return refuse(
        Code.DEADLINE_EXCEEDED,
        what + " applied here in time; the applied index is " + appliedIndex,
        info(Reason.NOT_YET_APPLIED),
        staleness(appliedIndex, contactNanos));
  }

  public static StatusRuntimeException compacted(long requested, long oldest) {
    return compacted(requested, oldest, List.of());
  }

  /** As {@link #compacted(long, long)}, with the snapshots from which the consumer can start. */
  public static StatusRuntimeException compacted(
      long requested, long oldest, List<SnapshotInfo> snapshots) {
    return refuse(
        Code.OUT_OF_RANGE,
        "index " + requested + " is compacted; the oldest one kept is " + oldest,
        info(Reason.COMPACTED),
        CompactionInfo.newBuilder()
            .setRequestedIndex(requested)
            .setOldestIndex(oldest)
            .addAllSnapshots(snapshots)
            .build());
  }

  public static StatusRuntimeException notYetAcknowledged(
      long index, long appliedIndex, long contactNanos) {
    ErrorInfo info =
        info(Reason.NOT_YET_ACKNOWLEDGED).toBuilder()
            .putMetadata("index", String.valueOf(index))
            .build();
    return refuse(
        Code.DEADLINE_EXCEEDED,
        "the consumer did not acknowledge index " + index + " in time",
        info,
        staleness(appliedIndex, contactNanos));
  }

  public static StatusRuntimeException consumerUnknown() {
    return refuse(Code.NOT_FOUND, "there is no such consumer", info(Reason.CONSUMER_UNKNOWN));
  }

  /**
   * There is no snapshot to return.
   *
   * @param elsewhere whether a peer has one
   */
  public static StatusRuntimeException noSnapshot(boolean elsewhere) {
    String text = elsewhere ? "the snapshot has not arrived here yet" : "there is no such snapshot";
    return refuse(Code.NOT_FOUND, text, info(Reason.NO_SNAPSHOT));
  }

  public static StatusRuntimeException digestMismatch(String what) {
    return refuse(Code.DATA_LOSS, what, info(Reason.DIGEST_MISMATCH));
  }

  public static StatusRuntimeException notYetSafe() {
    return refuse(
        Code.UNKNOWN,
        "the snapshot is stored here, but not known to be on a quorum yet; it is safe to send it"
            + " again",
        info(Reason.OUTCOME_UNKNOWN),
        OutcomeUnknown.getDefaultInstance());
  }

  public static StatusRuntimeException notLeader(Ballot leader) {
    LeaderHint.Builder hint = LeaderHint.newBuilder();
    if (!leader.isNone()) {
      hint.setNodeId(CommonMessages.node(leader.node())).setBallot(CommonMessages.ballot(leader));
    }
    String who = leader.isNone() ? "it knows of no leader" : "node " + leader.node() + " leads";
    return refuse(
        Code.FAILED_PRECONDITION,
        "this node is not the leader: " + who,
        info(Reason.NOT_LEADER),
        hint.build());
  }

  public static StatusRuntimeException notHandedOver() {
    return refuse(
        Code.DEADLINE_EXCEEDED,
        "no other node took over leadership in time; one still may",
        info(Reason.NOT_HANDED_OVER));
  }

  public static StatusRuntimeException snapshotNotTaken(Code code, String why) {
    return refuse(code, why, info(Reason.SNAPSHOT_NOT_TAKEN));
  }

  public static StatusRuntimeException quarantined() {
    return refuse(
        Code.UNAVAILABLE,
        "the state of this sidecar differs from that of its peers; call another sidecar",
        info(Reason.QUARANTINED));
  }

  public static StatusRuntimeException shuttingDown() {
    return refuse(
        Code.UNAVAILABLE,
        "this sidecar is stopping",
        info(Reason.SHUTTING_DOWN),
        retryAfter(CROWDED_RETRY_MILLIS));
  }

  static StatusRuntimeException damaged(String incident) {
    return refuse(
        Code.DATA_LOSS,
        "a record on the disk of this sidecar cannot be read; incident " + incident,
        incident(Reason.DAMAGED, incident));
  }

  static StatusRuntimeException internal(String incident) {
    return refuse(
        Code.INTERNAL,
        "internal error in this sidecar; see its log for incident " + incident,
        incident(Reason.INTERNAL_ERROR, incident));
  }

  public static StatusRuntimeException noTestimony() {
    return overloaded("no node's disk answered in time", CROWDED_RETRY_MILLIS);
  }

  public static StatusRuntimeException notChosen(String what) {
    return refuse(Code.NOT_FOUND, what + " is not chosen yet", info(Reason.NOT_CHOSEN));
  }

  private static StatusRuntimeException refuse(
      Code code, String text, ErrorInfo info, Message... details) {
    Status.Builder status =
        Status.newBuilder().setCode(code.getNumber()).setMessage(text).addDetails(Any.pack(info));
    for (Message detail : details) {
      status.addDetails(Any.pack(detail));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  private static ErrorInfo info(Reason reason) {
    return ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(reason.name()).build();
  }

  private static ErrorInfo incident(Reason reason, String incident) {
    return info(reason).toBuilder().putMetadata("incident", incident).build();
  }

  private static RetryInfo retryAfter(long millis) {
    return RetryInfo.newBuilder()
        .setRetryDelay(CommonMessages.duration(Math.multiplyExact(millis, 1_000_000L)))
        .build();
  }

  private static StalenessInfo staleness(long appliedIndex, long nanos) {
    StalenessInfo.Builder info = StalenessInfo.newBuilder().setAppliedIndex(appliedIndex);
    if (nanos >= 0) {
      info.setStaleness(CommonMessages.duration(nanos));
    }
    return info.build();
  }
}
