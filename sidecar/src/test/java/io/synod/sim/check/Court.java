package io.synod.sim.check;

import io.synod.paxos.Bytes;
import io.synod.paxos.Command;
import io.synod.paxos.Event;
import io.synod.paxos.Message;
import io.synod.paxos.Recovered;
import io.synod.paxos.Write;
import io.synod.runtime.engine.Turned.Holdings;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.SnapshotMark;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All judges of one world, each told everything. */
public final class Court implements Judge {
  private final Ghost ghost = new Ghost();
  private final ChosenIndex chosen = new ChosenIndex(ghost);
  private final Judge[] judges;
  private @Nullable Violation found;

  /** With every judge sworn in, and {@code more}. */
  public Court(Judge... more) {
    Judge[] standing = {
      new Agreement(ghost),
      new QuorumDurable(ghost),
      new PromiseMonotone(),
      new BallotUnique(ghost),
      new LeaderCompleteness(ghost),
      new PrefixApply(ghost),
      new CrashNow(ghost),
      new AckedDurability(ghost),
      new LogOrder(ghost),
      new SnapshotOrder(ghost),
      chosen
    };
    this.judges = new Judge[standing.length + more.length];
    System.arraycopy(standing, 0, judges, 0, standing.length);
    System.arraycopy(more, 0, judges, standing.length, more.length);
  }

  /** What is chosen, by the definition alone. */
  public Ghost ghost() {
    return ghost;
  }

  /** A watch at this node would be told this chosen index; see {@link ChosenIndex#told}. */
  public void toldChosen(Seat seat, long index, long least) {
    chosen.told(seat, index, least);
  }

  @Override
  public void began(Seat seat, Recovered found) {
    for (Judge judge : judges) {
      judge.began(seat, found);
    }
  }

  @Override
  public void synced(Seat seat, Write write) {
    for (Judge judge : judges) {
      judge.synced(seat, write);
    }
  }

  @Override
  public void written(Seat seat, Write write) {
    for (Judge judge : judges) {
      judge.written(seat, write);
    }
  }

  @Override
  public void said(Seat seat, int to, Message message) {
    for (Judge judge : judges) {
      judge.said(seat, to, message);
    }
  }

  @Override
  public void happened(Seat seat, Event event) {
    for (Judge judge : judges) {
      judge.happened(seat, event);
    }
  }

  @Override
  public void acknowledged(Seat seat, Command command, Outcome.Applied outcome) {
    for (Judge judge : judges) {
      judge.acknowledged(seat, command, outcome);
    }
  }

  @Override
  public void cycled(Seat seat) {
    for (Judge judge : judges) {
      judge.cycled(seat);
    }
  }

  @Override
  public void holds(Seat seat, Holdings held) {
    for (Judge judge : judges) {
      judge.holds(seat, held);
    }
  }

  @Override
  public void sealed(Seat seat, SnapshotMark mark, Bytes sha256) {
    later(judge -> judge.sealed(seat, mark, sha256));
  }

  @Override
  public void kept(Seat seat, long first, long snapshot) {
    later(judge -> judge.kept(seat, first, snapshot));
  }

  /** Whoever works in the background catches what is thrown there, so it is kept. */
  private void later(Consumer<Judge> question) {
    try {
      for (Judge judge : judges) {
        question.accept(judge);
      }
    } catch (Violation seen) {
      found = found == null ? seen : found;
    }
  }

  /** Throws what was found where it could not be thrown. */
  public void confess() {
    Violation seen = found;
    if (seen != null) {
      throw seen;
    }
  }
}
