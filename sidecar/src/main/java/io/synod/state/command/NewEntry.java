package io.synod.state.command;

import io.synod.state.encoding.Payload;

/**
 * An entry that has no session and sequence yet.
 *
 * @param label the caller's label for the payload, or "", as in {@link Entry}
 * @param requestId the caller's own name for the request, or "", as in {@link Entry}
 */
public record NewEntry(Entry.Kind kind, String label, String requestId, Payload payload) {

  /** An entry without a label and a request id. */
  public static NewEntry of(Entry.Kind kind, Payload payload) {
    return new NewEntry(kind, "", "", payload);
  }

  /** This entry with a session and a sequence. */
  public Entry under(int node, Entry.Key key, long ackedBelow) {
    return new Entry(
        kind, node, key.session(), key.sequence(), ackedBelow, 0, label, requestId, payload);
  }
}
