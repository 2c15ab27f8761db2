package io.synod.api;

import io.synod.v1.OutcomeUnknown;
import io.synod.v1.SessionSequence;
import org.jspecify.annotations.Nullable;

/**
 * By what a caller can repeat a request so that it is done once, checked.
 *
 * @param place its place in a session of the caller's; null if it has none
 * @param requestId its name; "" if it has none
 */
record Again(@Nullable SessionSequence place, String requestId) {
  /** A repetition of it is a second request. */
  static final Again NONE = new Again(null, "");

  /** What came in, of which one is null at least. */
  static Again of(@Nullable SessionSequence place, @Nullable String requestId) {
    if (place != null) {
      Fields.sequence(place);
      return new Again(place, "");
    }
    return requestId == null ? NONE : new Again(null, Fields.requestId("request_id", requestId));
  }

  /** Whether a repetition is known as one. */
  boolean isSafe() {
    return place != null || !requestId.isEmpty();
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
