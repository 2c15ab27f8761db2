package io.synod.sim.check.time;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.sim.check.ObservedNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogTimesTest {
  private static final Ballot BALLOT = new Ballot(1, 0, 1, 11);

  private final ObservedNode observedNode = new ObservedNode(1);
  private long nowMillis = 1_750_000_000_000L;
  private long turnedMillis = nowMillis;
  private long slot;

  private LogTimes checker(LogTimes.Truth truth) {
    return new LogTimes(truth, () -> nowMillis * 1_000, judged -> turnedMillis * 1_000, 1_000_000);
  }

  private void stamp(LogTimes checker, long aheadMillis) {
    slot++;
    send(checker, slot, nowMillis + aheadMillis);
  }

  private void send(LogTimes checker, long at, long millis) {
    Batch batch = Batch.of(millis, List.of(Command.of(new byte[] {1})));
    checker.onSent(observedNode, 2, new Message.Accept(BALLOT, at, batch, 0));
  }

  @Test
  void wantsLogTimeNearTrueTime() {
    LogTimes checker = checker(LogTimes.Truth.RIGHT);
    stamp(checker, 100);
    stamp(checker, -900);
    assertThatThrownBy(() -> stamp(checker, 300)).hasMessageContaining("ahead");
    assertThatThrownBy(() -> stamp(checker, -1_300)).hasMessageContaining("behind");
  }

  @Test
  void mindsNoLagWhereClocksMayBeBehindAndNoBatchThatIsProposedAgain() {
    LogTimes checker = checker(LogTimes.Truth.NOT_AHEAD);
    stamp(checker, -3_600_000);
    long stamped = nowMillis - 3_600_000;
    nowMillis += 60_000;
    assertThatCode(() -> send(checker, slot, stamped)).doesNotThrowAnyException();
    assertThatCode(() -> stamp(checker, -3_599_900)).doesNotThrowAnyException();
  }

  @Test
  void judgesWhatIsWrittenFirstByTheTurnThatStampedIt() {
    LogTimes checker = checker(LogTimes.Truth.RIGHT);
    nowMillis += 5_000;
    checker.written(observedNode, accepted(1, turnedMillis - 900));
    assertThatThrownBy(() -> checker.written(observedNode, accepted(2, turnedMillis - 1_300)))
        .hasMessageContaining("behind");
  }

  private static Write.Accepted accepted(long slot, long millis) {
    Batch batch = Batch.of(millis, List.of(Command.of(new byte[] {1})));
    return new Write.Accepted(new Proposal(slot, BALLOT, batch));
  }

  @Test
  void findsLogTimeThatStandsWhileOneLeaderLasts() {
    LogTimes checker = checker(LogTimes.Truth.NONE);
    stamp(checker, 0);
    nowMillis += 100_000;
    assertThatCode(() -> stamp(checker, -2_000)).doesNotThrowAnyException();
    assertThatThrownBy(() -> stamp(checker, -3_400))
        .hasMessageContaining("one leader counted 100000");
    slot++;
    Batch batch = Batch.of(nowMillis - 3_400, List.of(Command.of(new byte[] {1})));
    Ballot next = new Ballot(2, 0, 1, 11);
    assertThatCode(() -> checker.onSent(observedNode, 2, new Message.Accept(next, slot, batch, 0)))
        .as("of the next leader")
        .doesNotThrowAnyException();
  }

  @Test
  void findsLogTimeThatGoesTooFast() {
    LogTimes checker = checker(LogTimes.Truth.NONE);
    stamp(checker, 5_000_000);
    nowMillis += 600_000;
    stamp(checker, 5_000_000 + 12_000);
    assertThatThrownBy(() -> stamp(checker, 5_000_000 + 15_000)).hasMessageContaining("pace");
    LogTimes right = checker(LogTimes.Truth.RIGHT);
    stamp(right, -1_100);
    assertThatThrownBy(() -> stamp(right, 150)).hasMessageContaining("pace");
  }

  @Test
  void allowsWhatAnotherBeganWithWhereNoMajorityIsRight() {
    LogTimes checker = checker(LogTimes.Truth.NONE);
    stamp(checker, 5_000_000);
    checker.onSent(new ObservedNode(2), 1, heartbeatAck(nowMillis + 5_060_000));
    assertThatCode(() -> stamp(checker, 5_060_000)).doesNotThrowAnyException();
    assertThatThrownBy(() -> stamp(checker, 5_061_300)).hasMessageContaining("pace");
    assertThatThrownBy(
            () -> checker.onSent(new ObservedNode(2), 1, heartbeatAck(nowMillis + 5_062_000)))
        .hasMessageContaining("pace");
  }

  private static Message.HeartbeatAck heartbeatAck(long logTimeMillis) {
    Message.Times times = new Message.Times(1, logTimeMillis);
    return new Message.HeartbeatAck(1, Ballot.NONE, false, true, 0, 0, 0, times, false, List.of());
  }
}
