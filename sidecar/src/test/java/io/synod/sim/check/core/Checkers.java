package io.synod.sim.check.core;

import io.synod.paxos.Settings;
import io.synod.paxos.View;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Recovered;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.ChosenLog;
import io.synod.sim.check.Holdings;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.Violation;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All checkers of one run. Each of them gets every event. */
public final class Checkers implements Checker {
  private final ChosenLog chosenLog;
  private final ChosenIndex chosen;
  private final Checker[] checkers;
  private @Nullable Violation found;

  /** Creates the checkers of the core, with the settings of a sidecar, and adds {@code more}. */
  public Checkers(Checker... more) {
    this(Settings.MEMBERSHIP_DISTANCE, more);
  }

  /**
   * Creates the checkers of the core, and adds {@code more}.
   *
   * @param membershipDistance how many slots after its own a membership governs
   */
  public Checkers(int membershipDistance, Checker... more) {
    this.chosenLog = new ChosenLog(membershipDistance);
    this.chosen = new ChosenIndex(chosenLog);
    Checker[] standing = {
      new Agreement(chosenLog),
      new QuorumDurable(chosenLog),
      new PromiseMonotone(),
      new BallotUnique(chosenLog),
      new LeaderCompleteness(chosenLog),
      new PromisedQuorum(chosenLog, membershipDistance),
      new PrefixApply(chosenLog),
      new CrashNow(chosenLog),
      new AckedDurability(chosenLog),
      new LogOrder(chosenLog),
      new ViewOrder(chosenLog),
      new SnapshotOrder(chosenLog),
      chosen
    };
    this.checkers = new Checker[standing.length + more.length];
    System.arraycopy(standing, 0, checkers, 0, standing.length);
    System.arraycopy(more, 0, checkers, standing.length, more.length);
  }

  /** The chosen log by definition. */
  public ChosenLog chosenLog() {
    return chosenLog;
  }

  /** A watch at this node would report this chosen index; see {@link ChosenIndex#onReported}. */
  public void onChosenReported(ObservedNode observedNode, long index, long least) {
    chosen.onReported(observedNode, index, least);
  }

  @Override
  public void began(ObservedNode observedNode, Recovered found) {
    for (Checker checker : checkers) {
      checker.began(observedNode, found);
    }
  }

  @Override
  public void synced(ObservedNode observedNode, Write write) {
    for (Checker checker : checkers) {
      checker.synced(observedNode, write);
    }
  }

  @Override
  public void written(ObservedNode observedNode, Write write) {
    for (Checker checker : checkers) {
      checker.written(observedNode, write);
    }
  }

  @Override
  public void onSent(ObservedNode observedNode, int to, Message message) {
    for (Checker checker : checkers) {
      checker.onSent(observedNode, to, message);
    }
  }

  @Override
  public void happened(ObservedNode observedNode, Event event) {
    for (Checker checker : checkers) {
      checker.happened(observedNode, event);
    }
  }

  @Override
  public void acknowledged(ObservedNode observedNode, Command command, Outcome.Applied outcome) {
    for (Checker checker : checkers) {
      checker.acknowledged(observedNode, command, outcome);
    }
  }

  @Override
  public void cycled(ObservedNode observedNode) {
    for (Checker checker : checkers) {
      checker.cycled(observedNode);
    }
  }

  @Override
  public void viewed(ObservedNode observedNode, View view) {
    for (Checker checker : checkers) {
      checker.viewed(observedNode, view);
    }
  }

  @Override
  public void holds(ObservedNode observedNode, Holdings held) {
    for (Checker checker : checkers) {
      checker.holds(observedNode, held);
    }
  }

  @Override
  public void sealed(ObservedNode observedNode, SnapshotMark mark, Bytes sha256) {
    later(checker -> checker.sealed(observedNode, mark, sha256));
  }

  @Override
  public void kept(ObservedNode observedNode, long first, long snapshot) {
    later(checker -> checker.kept(observedNode, first, snapshot));
  }

  /** Keeps a violation, since background threads catch what is thrown there. */
  private void later(Consumer<Checker> question) {
    try {
      for (Checker checker : checkers) {
        question.accept(checker);
      }
    } catch (Violation seen) {
      found = found == null ? seen : found;
    }
  }

  /** Throws a violation that was found where it could not be thrown. */
  public void throwRecorded() {
    Violation seen = found;
    if (seen != null) {
      throw seen;
    }
  }
}
