package io.synod.cli.shared;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.synod.v1.CompactionInfo;
import io.synod.v1.LeaderHint;
import io.synod.v1.OutcomeUnknown;
import io.synod.v1.QuorumInfo;
import io.synod.v1.StalenessInfo;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a call, for display and for scripts.
 *
 * @param line the message, on one line
 * @param reason a name of {@code synod.v1.Reason}, or the status code of an error without one
 */
public record CallFailure(int exitStatus, String reason, String line) {

  /**
   * Converts the error of a call to {@code endpoint}; {@code acts} is whether the call may change
   * the log.
   */
  public static CallFailure of(StatusRuntimeException error, Object endpoint, boolean acts) {
    com.google.rpc.@Nullable Status rich = StatusProto.fromThrowable(error);
    ErrorInfo info = rich == null ? null : find(rich, ErrorInfo.class);
    if (rich == null || info == null || info.getReason().isEmpty()) {
      return bare(error.getStatus(), endpoint, acts);
    }
    String reason = ValueText.line(info.getReason());
    StringBuilder line = new StringBuilder(reason);
    String message = ValueText.line(rich.getMessage());
    if (!message.isEmpty()) {
      line.append(": ").append(message);
    }
    List<String> details = details(rich, info, message);
    if (!details.isEmpty()) {
      line.append(" (").append(String.join("; ", details)).append(')');
    }
    return new CallFailure(
        exitStatus(error.getStatus().getCode(), reason), reason, line.toString());
  }

  private static int exitStatus(Code code, String reason) {
    return switch (code) {
      case INVALID_ARGUMENT -> ExitStatus.USAGE;
      case UNAVAILABLE -> ExitStatus.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> ExitStatus.OUTCOME_UNKNOWN;
      case UNKNOWN ->
          reason.equals("OUTCOME_UNKNOWN") ? ExitStatus.OUTCOME_UNKNOWN : ExitStatus.ERROR;
      case ABORTED -> reason.equals("CONDITION_FAILED") ? ExitStatus.UNHEALTHY : ExitStatus.ERROR;
      // The call was refused before it was executed, and a retry may succeed, as for UNAVAILABLE.
      case RESOURCE_EXHAUSTED ->
          reason.equals("OVERLOADED") || reason.equals("QUOTA_EXCEEDED")
              ? ExitStatus.UNAVAILABLE
              : ExitStatus.ERROR;
      default -> ExitStatus.ERROR;
    };
  }

  /** An error of gRPC itself, about the connection. */
  private static CallFailure bare(Status status, Object endpoint, boolean acts) {
    Code code = status.getCode();
    String cause = code == Code.UNAVAILABLE ? neverConnected(status.getCause()) : null;
    if (cause != null) {
      return new CallFailure(
          ExitStatus.UNAVAILABLE, code.name(), "nobody answers at " + endpoint + ": " + cause);
    }
    return switch (code) {
      case UNAVAILABLE, CANCELLED ->
          doubt(
              acts,
              new CallFailure(
                  ExitStatus.UNAVAILABLE,
                  code.name(),
                  "the connection to " + endpoint + " broke before the answer"));
      case DEADLINE_EXCEEDED ->
          doubt(
              acts,
              new CallFailure(
                  ExitStatus.OUTCOME_UNKNOWN,
                  code.name(),
                  "no answer from " + endpoint + " in time"));
      case UNIMPLEMENTED ->
          new CallFailure(
              ExitStatus.ERROR,
              code.name(),
              "the server at " + endpoint + " does not know this call; is it a Synod sidecar?");
      case UNKNOWN, INTERNAL, ABORTED, DATA_LOSS -> doubt(acts, failed(endpoint, code));
      default -> failed(endpoint, code);
    };
  }

  private static CallFailure failed(Object endpoint, Code code) {
    return new CallFailure(
        ExitStatus.ERROR, code.name(), "the call to " + endpoint + " failed with " + code);
  }

  /**
   * The failure of a call that was interrupted: if it may change the log, the outcome is unknown.
   */
  private static CallFailure doubt(boolean acts, CallFailure callFailure) {
    return acts
        ? new CallFailure(
            ExitStatus.OUTCOME_UNKNOWN,
            "OUTCOME_UNKNOWN",
            callFailure.line() + "; it may or may not have been executed")
        : callFailure;
  }

  /** Why there was no connection; null if there was one. */
  private static @Nullable String neverConnected(@Nullable Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof ConnectException) {
        return String.valueOf(t.getMessage()).contains("timed out")
            ? "connecting timed out"
            : "connection refused";
      }
      if (t instanceof UnknownHostException) {
        return "unknown host";
      }
      if (t instanceof FileNotFoundException) {
        return "no such socket";
      }
    }
    return null;
  }

  /** What the typed details contain beyond the message. */
  private static List<String> details(com.google.rpc.Status rich, ErrorInfo info, String message) {
    Details details = new Details(message, new ArrayList<>());
    QuorumInfo quorum = find(rich, QuorumInfo.class);
    if (quorum != null) {
      String voters = ValueText.count(quorum.getVoters(), "voter", "voters");
      details.add(
          quorum.getReachable()
              + (" of " + voters + " reachable, " + quorum.getRequired() + " needed"));
    }
    StalenessInfo staleness = find(rich, StalenessInfo.class);
    if (staleness != null) {
      details.add(
          staleness.hasStaleness()
              ? ValueText.span(staleness.getStaleness()) + " behind"
              : "no contact with a leader yet");
      details.add("applied through index " + staleness.getAppliedIndex());
    }
    CompactionInfo compaction = find(rich, CompactionInfo.class);
    if (compaction != null) {
      details.add("the oldest index kept is " + compaction.getOldestIndex());
    }
    if (compaction != null && compaction.getSnapshotsCount() > 0) {
      details.add("there is a snapshot at index " + compaction.getSnapshots(0).getIndex());
    }
    String max = info.getMetadataOrDefault("bytes_max", "");
    if (!max.isEmpty()) {
      String bytes = info.getMetadataOrDefault("bytes", "");
      details.add(
          (bytes.isEmpty() ? "at most " : ValueText.line(bytes) + " of ")
              + ValueText.line(max)
              + " bytes");
    }
    String index = info.getMetadataOrDefault("index", "");
    if (!index.isEmpty()) {
      details.add("it is in the log, at index " + ValueText.line(index));
    }
    LeaderHint leader = find(rich, LeaderHint.class);
    if (leader != null && !leader.getNodeId().isEmpty()) {
      details.add(ValueText.node(leader.getNodeId()) + " leads");
    }
    String again = again(rich);
    if (again != null) {
      details.add(again);
    }
    RetryInfo retry = find(rich, RetryInfo.class);
    if (retry != null) {
      details.add("retry in " + ValueText.span(retry.getRetryDelay()));
    }
    return details.lines();
  }

  /**
   * How to repeat a call whose outcome is unknown; null if it had no identity to repeat it with.
   */
  private static @Nullable String again(com.google.rpc.Status rich) {
    OutcomeUnknown unknown = find(rich, OutcomeUnknown.class);
    if (unknown == null) {
      return null;
    }
    if (unknown.hasSessionSequence()) {
      return "repeat it with --session "
          + ValueText.line(unknown.getSessionSequence().getSessionId())
          + " --sequence "
          + unknown.getSessionSequence().getSequence();
    }
    return unknown.getRequestId().isEmpty()
        ? null
        : "repeat it with --request-id " + ValueText.line(unknown.getRequestId());
  }

  /** Collects details, without those whose numbers are all in the message already. */
  private record Details(String message, List<String> lines) {
    private static final Pattern NUMBER = Pattern.compile("[0-9][0-9.,]*");

    void add(String detail) {
      List<String> text = numbers(message);
      List<String> numbers = numbers(detail);
      if (numbers.isEmpty() || !text.containsAll(numbers)) {
        lines.add(detail);
      }
    }

    private static List<String> numbers(String text) {
      return NUMBER
          .matcher(text)
          .results()
          .map(number -> number.group().replaceAll("[.,]+$", ""))
          .toList();
    }
  }

  private static <T extends com.google.protobuf.Message> @Nullable T find(
      com.google.rpc.Status rich, Class<T> type) {
    for (Any any : rich.getDetailsList()) {
      if (any.is(type)) {
        try {
          return any.unpack(type);
        } catch (InvalidProtocolBufferException e) {
          // A detail that cannot be parsed is left out.
          return null;
        }
      }
    }
    return null;
  }
}
