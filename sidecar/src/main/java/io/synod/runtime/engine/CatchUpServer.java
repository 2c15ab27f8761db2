package io.synod.runtime.engine;

import io.synod.paxos.value.Check;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Proposal;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observation;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.runtime.turn.AppliedState;
import io.synod.runtime.turn.Participant;
import io.synod.runtime.turn.Published;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers peers that request chosen slots which only the journal still has.
 *
 * @param pageBytesMax the largest page
 */
record CatchUpServer(NodePorts ports, int pageBytesMax, AppliedState applied)
    implements Participant {

  @Override
  public List<Output.Envelope> onPublished(Published published) {
    List<Output.Envelope> answers = new ArrayList<>(0);
    for (Output.Fetch fetch : published.output().fetches()) {
      Message answer = answer(fetch);
      if (answer != null) {
        answers.add(new Output.Envelope(fetch.to(), answer));
      }
    }
    return answers;
  }

  /**
   * The answer, or null if this node has none: then the peer asks another node. Damage found here
   * must not stop the parts that work.
   */
  private @Nullable Message answer(Output.Fetch fetch) {
    List<Proposal> page;
    try {
      page = page(fetch.from());
    } catch (JournalException damaged) {
      ports.observer().observe(new Observation.Damaged(damaged.getMessage()));
      return null;
    }
    Check.that(
        page.isEmpty() || page.get(0).slot() == fetch.from(),
        "a page begins with the requested slot",
        page.isEmpty() ? 0 : page.get(0).slot(),
        fetch.from());
    return page.isEmpty()
        ? trimmed(fetch.from())
        : new Message.Learned(fetch.from(), page, applied.chosenThrough());
  }

  /**
   * The slots from this one on; a node whose state is wrong has chosen slots that it did not apply.
   */
  private List<Proposal> page(long from) {
    long appliedSlot = applied.state().slot();
    if (from > appliedSlot) {
      return ports.journal().unapplied(from, applied.chosenThrough(), pageBytesMax);
    }
    List<Proposal> page = new ArrayList<>();
    for (ChosenSlot slot : ports.journal().read(from, appliedSlot, pageBytesMax)) {
      page.add(slot.proposal());
    }
    return page;
  }

  private @Nullable Message trimmed(long from) {
    try (StoredSnapshot newest = ports.journal().snapshot()) {
      return newest != null && newest.mark().slot() >= from
          ? new Message.Trimmed(from, newest.mark().slot())
          : null;
    } catch (JournalException damaged) {
      ports.observer().observe(new Observation.Damaged(damaged.getMessage()));
      return null;
    }
  }
}
