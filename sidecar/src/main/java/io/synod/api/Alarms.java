package io.synod.api;

import io.synod.state.Consumer;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;

/** What of the state needs a person's eye; one word each, with its subject after a colon. */
final class Alarms {
  /** A copy that has something to acknowledge is missed after this part of the lapse. */
  private static final int MISSED_PARTS = 10;

  private Alarms() {}

  /**
   * The alarms of the consumers.
   *
   * @param lapseMillis the log is not held for a copy that was silent so long, in log time
   */
  static List<String> ofConsumers(State state, long lapseMillis) {
    List<String> alarms = new ArrayList<>();
    for (Consumer consumer : state.consumers()) {
      boolean holds = false;
      boolean lapsed = false;
      for (Consumer.Copy copy : consumer.everyCopy()) {
        long silentMillis = state.mark().logTimeMillis() - copy.ackMillis();
        // Whoever acknowledged all there is has nothing to say.
        boolean behind = copy.ackedIndex() < state.commandedIndex();
        lapsed |= behind && silentMillis > lapseMillis;
        holds |= behind && silentMillis <= lapseMillis && silentMillis > lapseMillis / MISSED_PARTS;
      }
      add(alarms, holds, "consumer_holds_log", consumer);
      add(alarms, lapsed, "consumer_lapsed", consumer);
      add(alarms, consumer.divergedAt() != 0, "consumer_diverged", consumer);
    }
    return alarms;
  }

  private static void add(List<String> alarms, boolean on, String word, Consumer consumer) {
    if (on) {
      alarms.add(word + ":" + consumer.name());
    }
  }
}
