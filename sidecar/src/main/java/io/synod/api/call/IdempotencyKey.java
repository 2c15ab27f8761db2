package io.synod.api.call;

import io.synod.v1.OutcomeUnknown;
import io.synod.v1.SessionSequence;
import org.jspecify.annotations.Nullable;

/**
 * By what a caller can repeat a request so that it is done once, checked; and what a repetition
 * does.
 *
 * @param place its place in a session of the caller's; null if it has none
 * @param requestId its name; "" if it has none
 * @param advice what to know before it is repeated; told with an outcome that is not known
 */
public record IdempotencyKey(@Nullable SessionSequence place, String requestId, String advice) {
  /** A request that could have had a place or a name, and has none. */
  public static final IdempotencyKey SECOND =
      none("without a session_sequence or a request_id, asking again may do it twice");

  /** A request that leaves everything as it is if it took effect before. */
  public static final IdempotencyKey HARMLESS = none("asking again does no harm");

  /** A request whose fields hold neither a place nor a name. */
  public static IdempotencyKey none(String advice) {
    return new IdempotencyKey(null, "", advice);
  }

  /** What came in, of which one is null at least. */
  public static IdempotencyKey of(@Nullable SessionSequence place, @Nullable String requestId) {
    if (place != null) {
      RequestFields.sequence(place);
      return new IdempotencyKey(place, "", "ask again with the same session_sequence");
    }
    return requestId == null
        ? SECOND
        : new IdempotencyKey(
            null,
            RequestFields.requestId("request_id", requestId),
            "ask again with the same request_id");
  }

  /** What a caller has to send again, whose outcome is not known. */
  OutcomeUnknown resend() {
    OutcomeUnknown.Builder unknown = OutcomeUnknown.newBuilder().setRequestId(requestId);
    if (place != null) {
      unknown.setSessionSequence(place);
    }
    return unknown.build();
  }
}
