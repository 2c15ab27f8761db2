package io.synod.paxos;

import io.synod.paxos.value.Check;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Output.Envelope;
import io.synod.paxos.value.Write;
import java.util.ArrayList;
import java.util.List;

/** Collects the outputs of one cycle, until it is drained into an {@link Output}. */
final class Outbox {
  private List<Envelope> messages = new ArrayList<>();
  private List<Write> writes = new ArrayList<>();
  private List<Envelope> messagesAfterSync = new ArrayList<>();
  private List<Chosen> chosen = new ArrayList<>();
  private List<Command> unplaced = new ArrayList<>();
  private List<Output.ReadReady> reads = new ArrayList<>();
  private List<Output.Fetch> fetches = new ArrayList<>();
  private List<Event> events = new ArrayList<>();
  private List<Output.RoundTrip> roundTrips = new ArrayList<>();

  /** Sends a message at the end of the cycle, or after the sync if its type requires that. */
  void send(int to, Message message) {
    (message instanceof Message.AfterSync ? messagesAfterSync : messages)
        .add(new Envelope(to, message));
  }

  void write(Write write) {
    writes.add(write);
  }

  void chosen(Chosen slot) {
    if (!chosen.isEmpty()) {
      Chosen last = chosen.get(chosen.size() - 1);
      Check.that(
          slot.proposal().slot() == last.proposal().slot() + 1,
          "chosen slots are output in order",
          last.proposal().slot(),
          slot.proposal().slot());
      Check.that(
          slot.firstIndex() == last.firstIndex() + last.proposal().batch().count(),
          "commands are counted without a gap",
          last.firstIndex(),
          slot.firstIndex());
    }
    chosen.add(slot);
  }

  void unplaced(List<Command> commands) {
    unplaced.addAll(commands);
  }

  void read(long id, long slot) {
    reads.add(new Output.ReadReady(id, slot));
  }

  void fetch(int to, long from) {
    fetches.add(new Output.Fetch(to, from));
  }

  void event(Event event) {
    events.add(event);
  }

  void roundTrip(int peer, long nanos) {
    roundTrips.add(new Output.RoundTrip(peer, nanos));
  }

  /** Returns everything collected, and starts anew. */
  Output drain(long wakeAtNanos) {
    Output output =
        new Output(
            messages,
            writes,
            !writes.isEmpty(),
            messagesAfterSync,
            chosen,
            unplaced,
            reads,
            fetches,
            events,
            roundTrips,
            wakeAtNanos);
    messages = new ArrayList<>();
    writes = new ArrayList<>();
    messagesAfterSync = new ArrayList<>();
    chosen = new ArrayList<>();
    unplaced = new ArrayList<>();
    reads = new ArrayList<>();
    fetches = new ArrayList<>();
    events = new ArrayList<>();
    roundTrips = new ArrayList<>();
    return output;
  }
}
