package io.synod.runtime.turn;

import io.synod.paxos.value.Memberships;
import io.synod.state.State;
import io.synod.state.encoding.Payload;
import org.jspecify.annotations.Nullable;

/** The memberships in a replicated state, which keeps them encoded. */
public final class StoredMemberships {
  private StoredMemberships() {}

  /** Those that were chosen since the cluster formed; null if none was. */
  public static @Nullable Memberships of(State state) {
    byte[] encoded = state.memberships().bytes();
    return encoded.length == 0 ? null : Memberships.decode(encoded);
  }

  /**
   * Checks them.
   *
   * @throws IllegalArgumentException if they cannot be decoded
   */
  public static void check(State state) {
    var unused = of(state);
  }

  /** The encoding of memberships; empty for none. */
  public static Payload encode(@Nullable Memberships memberships) {
    return memberships == null ? Payload.EMPTY : Payload.of(memberships.encode());
  }
}
