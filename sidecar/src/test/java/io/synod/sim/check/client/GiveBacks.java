package io.synod.sim.check.client;

import io.synod.runtime.node.LockHold;
import io.synod.sim.check.Violation;
import io.synod.state.encoding.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks I13 for the end of holds: when a sidecar reports that a hold is gone, its session is not
 * open in the chosen log, and it is not opened later.
 */
public final class GiveBacks {
  private final Map<Payload, List<Long>> sessions = new HashMap<>();
  private final Set<Payload> ended = new HashSet<>();

  /** Creates a checker that has seen no hold. */
  public GiveBacks() {}

  /** This command, which is unique, opened a session. */
  public void opened(Payload command, long session) {
    if (ended.contains(command)) {
      throw new Violation("I13", "session " + session + " was opened for a hold that is gone");
    }
    sessions.computeIfAbsent(command, any -> new ArrayList<>(1)).add(session);
  }

  /**
   * A sidecar reports how the hold of this command ended; {@code model} has applied what is chosen
   * so far.
   */
  public void over(Payload command, LockHold.End end, ReferenceModel model) {
    if (end != LockHold.End.NO_SESSION) {
      return;
    }
    for (long session : sessions.getOrDefault(command, List.of())) {
      if (model.isOpen(session)) {
        throw new Violation("I13", "session " + session + " is open, and said to be gone");
      }
    }
    ended.add(command);
  }
}
