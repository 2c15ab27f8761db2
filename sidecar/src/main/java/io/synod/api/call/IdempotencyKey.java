package io.synod.api.call;

import io.synod.v1.OutcomeUnknown;
import io.synod.v1.SessionSequence;
import org.jspecify.annotations.Nullable;

/**
 * The identity by which a repeated request is recognised, so that it takes effect once; and what a
 * repetition without one does. Checked.
 *
 * @param place its place in a session of the caller; null if it has none
 * @param requestId the caller's id for it; "" if it has none
 * @param advice what a repetition does; part of the error if the outcome is not known
 */
public record IdempotencyKey(@Nullable SessionSequence place, String requestId, String advice) {
  /** The identity of a request that could have had a place or an id, and has neither. */
  public static final IdempotencyKey SECOND =
      none("without a session_sequence or a request_id, repeating it may execute it twice");

  /** The identity of an idempotent request: a repetition changes nothing. */
  public static final IdempotencyKey HARMLESS = none("it is safe to repeat it");

  /** The identity of a request that has no fields for a place or an id. */
  public static IdempotencyKey none(String advice) {
    return new IdempotencyKey(null, "", advice);
  }

  /** The identity that the fields of a request state; at least one of them is null. */
  public static IdempotencyKey of(@Nullable SessionSequence place, @Nullable String requestId) {
    if (place != null) {
      RequestFields.sequence(place);
      return new IdempotencyKey(place, "", "repeat it with the same session_sequence");
    }
    return requestId == null
        ? SECOND
        : new IdempotencyKey(
            null,
            RequestFields.requestId("request_id", requestId),
            "repeat it with the same request_id");
  }

  /** What a caller must send again if the outcome is not known. */
  OutcomeUnknown resend() {
    OutcomeUnknown.Builder unknown = OutcomeUnknown.newBuilder().setRequestId(requestId);
    if (place != null) {
      unknown.setSessionSequence(place);
    }
    return unknown.build();
  }
}
