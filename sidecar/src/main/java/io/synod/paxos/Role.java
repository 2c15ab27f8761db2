package io.synod.paxos;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Message;
import java.util.List;

/**
 * The current role of a replica: its state is discarded when the role ends. The replica has already
 * compared the ballot of each message that it passes to a role.
 */
interface Role {

  /** The ballot with which this role leads or which it follows; NONE if it has no leader. */
  Ballot leader();

  /** A caller at this node proposes commands. */
  void propose(List<Command> commands, long nowNanos);

  /** A peer forwarded commands. */
  void onForward(Message.Forward forward);

  /** A caller at this node requests a strong read. */
  void read(long id, long nowNanos);

  /** A caller at another node requests a strong read, which {@code via} forwarded. */
  void onReadAsk(int via, Message.ReadAsk ask);

  /** The transport did not send this message. */
  default void onDropped(int to, Message message) {}

  /** Messages in flight to or from {@code peer} may be lost. */
  default void onReconnected(int peer) {}

  /** Time passed, or a message was handled. */
  void tick(long nowNanos);

  /** Ends the cycle: messages that were deferred until now are sent. */
  void endCycle();

  /** When it needs its next tick. */
  long wakeAtNanos();
}
