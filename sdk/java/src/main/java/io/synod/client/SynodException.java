package io.synod.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.synod.v1.CompactionInfo;
import io.synod.v1.QuorumInfo;
import io.synod.v1.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A call to the sidecar failed. {@link #reason} is the sidecar's reason; without one the connection
 * failed, and {@link #code} is gRPC's. Immutable.
 */
public class SynodException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String DOMAIN = "synod.dev";

  private final Status.Code code;
  private final Reason reason;
  private final transient com.google.rpc.@Nullable Status details;

  SynodException(String message, SynodException same) {
    super(message, same);
    this.code = same.code;
    this.reason = same.reason;
    this.details = same.details;
  }

  private SynodException(
      String message, Throwable cause, Reason reason, com.google.rpc.@Nullable Status details) {
    super(message, cause);
    this.code = Status.fromThrowable(cause).getCode();
    this.reason = reason;
    this.details = details;
  }

  /** The exception for the failure of a call. */
  static SynodException of(Throwable cause) {
    if (cause instanceof SynodException already) {
      return already;
    }
    if (cause instanceof TimeoutException) {
      return of(Status.DEADLINE_EXCEEDED.withDescription("no answer in time").asException());
    }
    com.google.rpc.Status details = StatusProto.fromThrowable(cause);
    Reason reason = details == null ? Reason.REASON_UNSPECIFIED : reasonIn(details);
    Status status = Status.fromThrowable(cause);
    String text = status.getDescription() == null ? "" : ": " + status.getDescription();
    String name = reason == Reason.REASON_UNSPECIFIED ? status.getCode().name() : reason.name();
    SynodException plain = new SynodException(name + text, cause, reason, details);
    return switch (reason) {
      case COMPACTED -> new CompactedException(plain, plain.detail(CompactionInfo.class));
      case NO_QUORUM, NOT_FORMED, QUORUM_LOST ->
          new NoQuorumException(plain, plain.detail(QuorumInfo.class));
      case OUTCOME_UNKNOWN -> new OutcomeUnknownException(plain);
      default -> plain;
    };
  }

  /** gRPC's status code. */
  public final Status.Code code() {
    return code;
  }

  /** The sidecar's reason; REASON_UNSPECIFIED if the error is not from the sidecar. */
  public final Reason reason() {
    return reason;
  }

  /** The delay before a retry, if the sidecar stated one. */
  public final Optional<Duration> retryAfter() {
    return detail(RetryInfo.class)
        .map(
            info ->
                Duration.ofSeconds(
                    info.getRetryDelay().getSeconds(), info.getRetryDelay().getNanos()));
  }

  /** Whether the sidecar states that nothing was executed. */
  final boolean surelyNotExecuted() {
    return reason != Reason.REASON_UNSPECIFIED
        && (code == Status.Code.UNAVAILABLE || code == Status.Code.RESOURCE_EXHAUSTED);
  }

  /** Whether a retry may succeed. */
  final boolean isPassing() {
    return switch (code) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, UNKNOWN, CANCELLED, INTERNAL, ABORTED -> true;
      case RESOURCE_EXHAUSTED -> reason != Reason.REASON_UNSPECIFIED;
      default -> false;
    };
  }

  private <T extends Message> Optional<T> detail(Class<T> type) {
    return details == null ? Optional.empty() : detail(details, type);
  }

  private static <T extends Message> Optional<T> detail(
      com.google.rpc.Status status, Class<T> type) {
    for (Any detail : status.getDetailsList()) {
      if (detail.is(type)) {
        try {
          return Optional.of(detail.unpack(type));
        } catch (InvalidProtocolBufferException damaged) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static Reason reasonIn(com.google.rpc.Status status) {
    String name =
        detail(status, ErrorInfo.class)
            .filter(info -> info.getDomain().equals(DOMAIN))
            .map(ErrorInfo::getReason)
            .orElse("");
    for (Reason reason : Reason.values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    return Reason.REASON_UNSPECIFIED;
  }
}
