package io.synod.api.inspect;

import io.synod.api.call.Quota;
import io.synod.state.Consumer;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The alarms for operators: one word each, with its subject after a colon if it has one. An alarm
 * clears by itself once its cause is gone. Any thread may call it.
 */
public final class Alarms {
  private final Quota quota;
  private final long lapseMillis;
  private final Supplier<List<String>> more;

  /**
   * No alarm is raised yet.
   *
   * @param more further alarms, from other parts of the process
   * @param lapseMillis how long the log is kept for a copy that does not acknowledge, in log time
   */
  public Alarms(Quota quota, long lapseMillis, Supplier<List<String>> more) {
    this.quota = quota;
    this.lapseMillis = lapseMillis;
    this.more = more;
  }

  /** The alarms that are raised now, given this state. */
  List<String> of(State state) {
    List<String> alarms = new ArrayList<>();
    quota.names().forEach(full -> alarms.add(full + "_quota"));
    alarms.addAll(more.get());
    state.uses().stream()
        .filter(State.LimitUse::isHigh)
        .forEach(use -> alarms.add("state_limit:" + use.limit()));
    addConsumers(alarms, state);
    return alarms;
  }

  private void addConsumers(List<String> alarms, State state) {
    long now = state.mark().logTimeMillis();
    for (Consumer consumer : state.consumers()) {
      boolean holds = consumer.holdsLog(state.commandedIndex(), now, lapseMillis);
      boolean lapsed = consumer.hasLapsed(state.commandedIndex(), now, lapseMillis);
      add(alarms, holds, "consumer_holds_log", consumer);
      add(alarms, lapsed, "consumer_lapsed", consumer);
      add(alarms, consumer.differsAt() != 0, "consumer_diverged", consumer);
    }
  }

  private static void add(List<String> alarms, boolean on, String alarm, Consumer consumer) {
    if (on) {
      alarms.add(alarm + ":" + consumer.name());
    }
  }
}
