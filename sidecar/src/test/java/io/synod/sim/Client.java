package io.synod.sim;

import io.synod.paxos.Command;
import io.synod.runtime.CompactedException;
import io.synod.runtime.Feed;
import io.synod.runtime.Freshness;
import io.synod.runtime.JournalException;
import io.synod.runtime.Node;
import io.synod.runtime.Outcome;
import io.synod.runtime.ReadLevel;
import io.synod.sim.Marks.Mark;
import io.synod.sim.check.Operation;
import io.synod.sim.check.Violation;
import io.synod.sim.disk.Dice;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Payload;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A caller: proposes in its own session and again elsewhere when it must, proposes without one,
 * reads at every level and watches; and never does two things at once.
 */
final class Client {
  private static final long MILLIS = 1_000_000L;
  private static final List<ReadLevel> LEVELS = List.of(ReadLevel.values());

  private final World world;
  private final Crowd crowd;
  private final Dice dice;
  private @Nullable Host at;
  // Where the answer under way is owed, and the number of the attempt it answers.
  private @Nullable Host owing;
  private long attempt;
  private long session;
  private long sequence;
  private @Nullable Entry entry;
  private long operation;
  private long floor;
  private long cursor = 1;

  Client(World world, Crowd crowd, Dice dice) {
    this.world = world;
    this.crowd = crowd;
    this.dice = dice;
  }

  boolean isIdle() {
    return owing == null && entry == null;
  }

  /** Does the next thing, if nothing is under way. */
  void step() {
    if (owing != null || (crowd.isResting() && entry == null)) {
      return;
    }
    world.count(2_000);
    Host host = host();
    Instance process = host == null ? null : host.process;
    if (host == null || process == null) {
      later(20 * MILLIS);
      return;
    }
    Node node = process.turned().node();
    if (entry != null) {
      send(host, node, entry);
    } else if (session == 0) {
      open(host, node);
    } else {
      choose(host, node);
    }
  }

  /** The answer that was owed on this host will never come. */
  void lost(Host host) {
    if (owing != host) {
      return;
    }
    owing = null;
    attempt++;
    if (operation != 0) {
      crowd.honest.uncertain(operation);
    }
    operation = entry == null ? 0 : operation;
    later(dice.around(10 * MILLIS));
  }

  private @Nullable Host host() {
    Host now = at;
    if (now == null || !now.isUp() || !world.isServed(now) || dice.below(12) == 0) {
      int first = dice.below(world.hosts().size());
      for (int i = 0; i < world.hosts().size(); i++) {
        Host other = world.hosts().get((first + i) % world.hosts().size());
        if (other.isUp() && world.isServed(other)) {
          at = other;
          return other;
        }
      }
      at = null;
    }
    return at;
  }

  private void later(long nanos) {
    world.agenda().in(nanos, this::step);
  }

  private void choose(Host host, Node node) {
    int what = dice.below(100);
    if (what < 45) {
      operation = crowd.nextOperation();
      floor = crowd.linearizable.begin();
      sequence++;
      entry =
          new Draft(
                  Entry.Kind.COMMAND,
                  "text",
                  "",
                  Operation.payload(operation, dice.below(world.weather().payloadBytesMax)))
              .under(host.node, new Entry.Key(session, sequence), sequence);
      send(host, node, entry);
    } else if (what < 60) {
      sendPlain(host, node);
    } else if (what < 85) {
      read(host, node);
    } else {
      watch(host, node);
    }
  }

  private Duration patience() {
    return Duration.ofNanos(dice.between(200, 2_500) * MILLIS);
  }

  // ---- proposals

  private void open(Host host, Node node) {
    long number = owe(host);
    when(number, node.openSession("caller", patience()), outcome -> opened(host, outcome));
  }

  private void opened(Host host, Outcome outcome) {
    if (outcome instanceof Outcome.Applied applied) {
      session = applied.index();
      crowd.watches.acknowledged(host.node, session);
    }
    pause();
  }

  private void send(Host host, Node node, Entry sent) {
    long number = owe(host);
    crowd.honest.again(operation);
    when(number, node.propose(sent, patience()), outcome -> answered(host, sent, outcome));
  }

  /** Takes the answer, unless the attempt was given up. */
  private <T> void when(long number, CompletableFuture<T> answer, Consumer<T> taken) {
    CompletableFuture<Void> unused =
        answer.thenAccept(
            value -> {
              if (settled(number)) {
                crowd.guard(() -> taken.accept(value));
              }
            });
  }

  private void answered(Host host, Entry sent, Outcome outcome) {
    world.tell(() -> "caller of operation " + operation + " at " + host.node + ": " + outcome);
    if (outcome instanceof Outcome.Applied applied) {
      acknowledged(host, Command.of(sent.encode()), applied);
      finish();
    } else if (outcome instanceof Outcome.Unavailable || outcome instanceof Outcome.Overloaded) {
      world.mark(Mark.OUTCOME_UNAVAILABLE);
      crowd.honest.refused(operation);
      if (dice.below(4) == 0 && !world.isCalm()) {
        finish();
      } else {
        later(dice.around(100 * MILLIS));
      }
    } else if (outcome instanceof Outcome.Indeterminate) {
      world.mark(Mark.OUTCOME_INDETERMINATE);
      crowd.honest.uncertain(operation);
      later(dice.around(20 * MILLIS));
    } else {
      throw new Violation("I9", "a session that is open was answered " + outcome);
    }
  }

  private void acknowledged(Host host, @Nullable Command command, Outcome.Applied applied) {
    if (applied.deduplicated()) {
      world.mark(Mark.PROPOSAL_REPEATED);
    }
    Command chosen = world.court().ghost().command(applied.index());
    if (chosen != null) {
      world.court().acknowledged(host.seat, chosen, applied);
      if (command != null && !command.equals(chosen)) {
        throw new Violation("I8", "index " + applied.index() + " holds another command");
      }
      Entry held = Entry.decode(chosen.bytes());
      if (held == null || Operation.of(held) != operation) {
        throw new Violation("I8", "index " + applied.index() + " holds another operation");
      }
    } else {
      throw new Violation("I8", "index " + applied.index() + " was acknowledged, not chosen");
    }
    host.ackedIndex = Math.max(host.ackedIndex, applied.index());
    crowd.linearizable.proposed(floor, applied.index());
    crowd.once.answered(operation, applied.index());
    crowd.watches.acknowledged(host.node, applied.index());
  }

  private void finish() {
    entry = null;
    operation = 0;
    pause();
  }

  private void sendPlain(Host host, Node node) {
    operation = crowd.nextOperation();
    floor = crowd.linearizable.begin();
    long number = owe(host);
    Payload payload = Operation.payload(operation, dice.below(world.weather().payloadBytesMax));
    when(
        number, node.propose("text", payload, patience()), outcome -> answeredPlain(host, outcome));
  }

  private void answeredPlain(Host host, Outcome outcome) {
    world.tell(() -> "caller of operation " + operation + " at " + host.node + ": " + outcome);
    if (outcome instanceof Outcome.Applied applied) {
      acknowledged(host, null, applied);
    } else if (outcome instanceof Outcome.Unavailable || outcome instanceof Outcome.Overloaded) {
      crowd.honest.refused(operation);
    } else {
      crowd.honest.uncertain(operation);
    }
    finish();
  }

  // ---- reads and watches

  private void read(Host host, Node node) {
    ReadLevel level = LEVELS.get(Math.max(0, dice.below(6) - 2));
    long least = level == ReadLevel.STRONG ? crowd.linearizable.begin() : 0;
    if (level == ReadLevel.SESSION) {
      least = host.ackedIndex;
    }
    long begun = least;
    long number = owe(host);
    operation = 0;
    when(
        number,
        node.read(level, Duration.ofMillis(500), 0, patience()),
        freshness -> served(host, node, new Served(level, begun, freshness)));
  }

  private record Served(ReadLevel level, long floor, Freshness freshness) {}

  private void served(Host host, Node node, Served served) {
    if (served.freshness() instanceof Freshness.Fresh fresh) {
      long index = fresh.appliedIndex();
      world.tell(() -> "caller at " + host.node + " read " + index + " " + served);
      if (served.level() == ReadLevel.STRONG) {
        crowd.linearizable.read(served.floor(), index);
      } else if (fresh.stalenessNanos() >= 0) {
        // Clocks drift by half a thousandth at most.
        long age = fresh.stalenessNanos() + fresh.stalenessNanos() / 1_000 + MILLIS;
        crowd.linearizable.stale(world.now() + host.clock.spent() - age, index);
      }
      if (index < served.floor()) {
        throw new Violation(
            "I10",
            "a "
                + served.level()
                + " read saw "
                + index
                + " after "
                + served.floor()
                + " was acknowledged here");
      }
      if (index > node.feed().appliedIndex()) {
        throw new Violation("I10", "a read of " + index + " is not served by the feed");
      }
      if (!host.voter) {
        world.mark(Mark.LEARNER_READ);
      }
    }
    pause();
  }

  private void watch(Host host, Node node) {
    try {
      Feed.Page page = node.feed().page(cursor, 1 + dice.below(30), 200 + dice.below(4_000));
      crowd.watches.page(host.node, cursor, page);
      if (page.next() > cursor) {
        world.mark(Mark.WATCH_MOVED);
      }
      cursor = page.next();
    } catch (CompactedException gone) {
      world.mark(Mark.WATCH_COMPACTED);
      cursor = gone.oldestIndex();
    } catch (JournalException failed) {
      if (!host.disk.hasFailed() && !host.rotten) {
        throw World.unexpected(host, failed);
      }
    }
    pause();
  }

  // ---- turns of phrase

  private long owe(Host host) {
    owing = host;
    return ++attempt;
  }

  /** Whether this answers the attempt under way, which it then ends. */
  private boolean settled(long number) {
    boolean mine = number == attempt && owing != null;
    crowd.linearizable.at(world.now());
    if (mine) {
      owing = null;
    }
    return mine;
  }

  private void pause() {
    later(dice.around(world.weather().thinkNanos));
  }
}
