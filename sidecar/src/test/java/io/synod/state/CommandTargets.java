package io.synod.state;

import io.synod.state.command.Entry;
import io.synod.state.command.SystemCommands;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The targets of a command: the sessions that it expires or renews, and the lock that it requests.
 */
public final class CommandTargets {
  private CommandTargets() {}

  /** The sessions that a command expires unless they were renewed. */
  public static List<Long> expired(Entry entry) {
    boolean expires = entry.kind() == Entry.Kind.EXPIRE_SESSIONS;
    SystemCommands.Expire order = expires ? SystemCommands.Expire.decode(entry.payload()) : null;
    return order == null
        ? List.of()
        : order.sessions().stream().map(SystemCommands.Expire.Judged::session).toList();
  }

  /** The sessions that a command opens, at its index, or renews. */
  public static List<Long> renewed(Entry entry, long index) {
    return switch (entry.kind()) {
      case OPEN_SESSION, HOLD -> List.of(index);
      case RENEW_SESSIONS -> {
        SystemCommands.Renew order = SystemCommands.Renew.decode(entry.payload());
        yield order == null ? List.of() : order.sessions();
      }
      default -> List.of();
    };
  }

  /** The lock that a command requests; null if there is none. */
  public static @Nullable String requestedLock(Entry entry) {
    SystemCommands.Hold order =
        entry.kind() == Entry.Kind.HOLD ? SystemCommands.Hold.decode(entry.payload()) : null;
    return order == null ? null : order.lock();
  }
}
