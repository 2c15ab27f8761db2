package io.synod.runtime.read;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import io.synod.runtime.node.EventLog;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Derives the record of elections from events. Not thread-safe. */
final class ElectionRecorder {
  private static final int REMEMBERED = 1_000;

  private final Map<Ballot, Attempt> attempts = new LinkedHashMap<>();

  private static final class Attempt {
    private final long startMillis;
    private final Set<Integer> promisedBy = new TreeSet<>();
    private final Set<Integer> refusedBy = new TreeSet<>();
    private String reason = "";
    private EventLog.Election.Result result = EventLog.Election.Result.OPEN;
    private @Nullable Long endMillis;

    private Attempt(long startMillis) {
      this.startMillis = startMillis;
    }

    private void end(EventLog.Election.Result how, long millis) {
      if (result == EventLog.Election.Result.OPEN) {
        result = how;
        endMillis = millis;
      }
    }
  }

  void event(Event event, long millis) {
    if (event instanceof Event.ElectionStarted started) {
      at(started.ballot(), millis, attempt -> attempt.reason = started.reason());
    } else if (event instanceof Event.Promised promised) {
      at(promised.ballot(), millis, attempt -> {});
    } else if (event instanceof Event.PromiseReceived promise) {
      at(promise.ballot(), millis, attempt -> attempt.promisedBy.add(promise.from()));
    } else if (event instanceof Event.RefusalReceived refusal) {
      at(refusal.ballot(), millis, attempt -> attempt.refusedBy.add(refusal.from()));
    } else if (event instanceof Event.Elected elected) {
      at(elected.ballot(), millis, attempt -> attempt.end(EventLog.Election.Result.WON, millis));
    } else if (event instanceof Event.LeaderChanged changed && !changed.leader().isNone()) {
      at(changed.leader(), millis, attempt -> attempt.end(EventLog.Election.Result.WON, millis));
    } else if (event instanceof Event.SteppedDown stepped && !stepped.led()) {
      at(stepped.ballot(), millis, attempt -> attempt.end(EventLog.Election.Result.LOST, millis));
    }
  }

  List<EventLog.Election> newestFirst() {
    List<EventLog.Election> elections = new ArrayList<>();
    attempts.forEach(
        (ballot, attempt) ->
            elections.add(
                new EventLog.Election(
                    ballot,
                    attempt.reason,
                    attempt.result,
                    List.copyOf(attempt.promisedBy),
                    List.copyOf(attempt.refusedBy),
                    attempt.startMillis,
                    attempt.endMillis)));
    Collections.reverse(elections);
    return elections;
  }

  private void at(Ballot ballot, long millis, Consumer<Attempt> change) {
    change.accept(attempts.computeIfAbsent(ballot, key -> new Attempt(millis)));
    if (attempts.size() > REMEMBERED) {
      attempts.remove(attempts.keySet().iterator().next());
    }
  }
}
