package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Message;
import java.util.List;

/**
 * What a replica does just now. A role's state dies with it. Each message that reaches a role is of
 * a ballot that the replica compared at its door.
 */
interface Role {

  /** The ballot this role leads with or follows; NONE if it hears no leader. */
  Ballot leader();

  /** Commands of callers here. */
  void propose(List<Command> commands, long nowNanos);

  /** Commands of callers elsewhere. */
  void forwarded(Message.Forward forward);

  /** A strong read of a caller here. */
  void read(long id, long nowNanos);

  /** A strong read of a caller elsewhere, which {@code via} passed on. */
  void asked(int via, Message.ReadAsk ask);

  /** The transport did not send this. */
  default void dropped(int to, Message message) {}

  /** What was under way to or from {@code peer} may be lost. */
  default void reconnected(int peer) {}

  /** Time passed, or something was said. */
  void tick(long nowNanos);

  /** The cycle ends: what was put off until now is said. */
  void close();

  /** When it wants its next tick. */
  long wakeAtNanos();
}
