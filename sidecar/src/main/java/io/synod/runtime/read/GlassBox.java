package io.synod.runtime.read;

import io.synod.paxos.Message;
import io.synod.paxos.Output;
import io.synod.paxos.Self;
import io.synod.runtime.port.Journal;
import java.util.ArrayList;
import java.util.List;

/** Asks the disks of all nodes what they say of a slot, and answers for this one. */
public record GlassBox(Self self, Journal journal) {

  /** What the disk here says of a slot. */
  public Message.VoteAnswer testimony(long id, long slot, long appliedSlot) {
    return new Message.VoteAnswer(id, slot, journal.votes(slot), appliedSlot);
  }

  /** What is to be asked of peers now; this node has answered. */
  public List<Output.Envelope> questions(Witnesses witnesses, long appliedSlot) {
    List<Output.Envelope> questions = new ArrayList<>(0);
    for (var asked = witnesses.next(); asked != null; asked = witnesses.next()) {
      for (int peer : self.peers()) {
        questions.add(new Output.Envelope(peer, new Message.VoteAsk(asked.id(), asked.slot())));
      }
      witnesses.answered(self.node(), testimony(asked.id(), asked.slot(), appliedSlot));
    }
    return questions;
  }
}
