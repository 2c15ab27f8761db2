package io.synod.runtime.read;

import io.synod.paxos.Self;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.runtime.port.Journal;
import java.util.ArrayList;
import java.util.List;

/** Asks the disks of all nodes what they say of a slot, and answers for this one. */
public record SlotInspector(Self self, Journal journal) {

  /** What the disk here says of a slot. */
  public Message.VoteAnswer voteReport(long id, long slot, long appliedSlot) {
    return new Message.VoteAnswer(id, slot, journal.votes(slot), appliedSlot);
  }

  /** What is to be asked of peers now; this node has answered. */
  public List<Output.Envelope> questions(VoteQuery voteQuery, long appliedSlot) {
    List<Output.Envelope> questions = new ArrayList<>(0);
    for (var asked = voteQuery.next(); asked != null; asked = voteQuery.next()) {
      for (int peer : self.peers()) {
        questions.add(new Output.Envelope(peer, new Message.VoteAsk(asked.id(), asked.slot())));
      }
      voteQuery.answered(self.node(), voteReport(asked.id(), asked.slot(), appliedSlot));
    }
    return questions;
  }
}
