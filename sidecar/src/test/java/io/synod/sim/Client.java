package io.synod.sim;

import io.synod.runtime.node.Feed;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.CompactedException;
import io.synod.runtime.port.JournalException;
import io.synod.sim.Marks.Mark;
import io.synod.sim.check.Operation;
import io.synod.sim.disk.Dice;
import io.synod.state.Entry;
import io.synod.state.Payload;

/**
 * An application with its own state machine: proposes in its own session and again elsewhere when
 * it must, by the names of its requests, and without either; reads at every level, and watches. It
 * never does two things at once.
 */
final class Client extends Caller {
  private final Reading reading;
  private long session;
  private long sequence;
  private long cursor = 1;

  Client(Crowd crowd, Dice dice) {
    super(crowd, dice);
    this.reading = new Reading(this);
  }

  @Override
  void act(Host host, Node node) {
    if (session == 0) {
      open(host, node);
      return;
    }
    int what = dice.below(100);
    if (what < 45) {
      sequence++;
      errand(order().under(new Entry.Key(session, sequence), sequence)).begin(host, node);
    } else if (what < 52) {
      Errand.Order order = order();
      errand(order.named("r" + order.operation())).begin(host, node);
    } else if (what < 60) {
      errand(order()).begin(host, node);
    } else if (what < 85) {
      reading.read(host, node, index -> {}, this::pause);
    } else {
      watch(host, node);
    }
  }

  private Errand.Order order() {
    long operation = crowd.nextOperation();
    Payload payload = Operation.payload(operation, dice.below(world.weather().payloadBytesMax));
    return Errand.Order.of(operation, Entry.Kind.COMMAND, payload);
  }

  private Errand errand(Errand.Order order) {
    return new Errand(
        this,
        order,
        outcome -> {
          if (outcome instanceof Outcome.SessionUnknown) {
            session = 0;
            sequence = 0;
          }
          pause();
        });
  }

  private void open(Host host, Node node) {
    ask(
        host,
        node.openSession("caller", patience()),
        outcome -> {
          if (outcome instanceof Outcome.Applied applied) {
            session = applied.index();
            crowd.told(host, applied);
          }
          pause();
        },
        this::pause);
  }

  private void watch(Host host, Node node) {
    try {
      Feed.Page page = node.feed().page(cursor, 1 + dice.below(30), 200 + dice.below(4_000));
      crowd.watches.page(host.node, cursor, page);
      crowd.pairs.page(host.node, cursor, page);
      if (page.next() > cursor) {
        world.mark(Mark.WATCH_MOVED);
      }
      cursor = page.next();
    } catch (CompactedException gone) {
      world.mark(Mark.WATCH_COMPACTED);
      crowd.pairs.compacted(cursor, gone.oldestIndex());
      cursor = gone.oldestIndex();
    } catch (JournalException failed) {
      if (!host.disk.hasFailed() && !host.rotten) {
        throw World.unexpected(host, failed);
      }
    }
    pause();
  }
}
