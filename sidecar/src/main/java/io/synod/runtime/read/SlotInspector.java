package io.synod.runtime.read;

import io.synod.paxos.Self;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.runtime.port.Journal;
import io.synod.runtime.turn.Participant;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Queries the disks of all nodes for a slot, and answers for the disk of this one. */
public record SlotInspector(Self self, Journal journal, VoteQuery voteQuery, Supplier<State> state)
    implements Participant {

  /** Such queries concern disks, so the replica does not receive them. */
  @Override
  public boolean onInput(long nowNanos, Input input, List<Output.Envelope> answers) {
    if (!(input instanceof Input.Received received)) {
      return false;
    }
    if (received.message() instanceof Message.VoteAsk ask) {
      answers.add(new Output.Envelope(received.from(), voteReport(ask.id(), ask.slot())));
      return true;
    }
    if (received.message() instanceof Message.VoteAnswer answer) {
      voteQuery.answered(received.from(), answer);
      return true;
    }
    return false;
  }

  /** The queries to send to peers now; this node has answered. */
  @Override
  public List<Output.Envelope> messagesAfterSync() {
    List<Output.Envelope> questions = new ArrayList<>(0);
    for (var query = voteQuery.next(); query != null; query = voteQuery.next()) {
      for (int peer : self.peers()) {
        questions.add(new Output.Envelope(peer, new Message.VoteAsk(query.id(), query.slot())));
      }
      voteQuery.answered(self.node(), voteReport(query.id(), query.slot()));
    }
    return questions;
  }

  private Message.VoteAnswer voteReport(long id, long slot) {
    return new Message.VoteAnswer(id, slot, journal.votes(slot), state.get().slot());
  }
}
