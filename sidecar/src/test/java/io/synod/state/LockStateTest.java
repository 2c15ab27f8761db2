package io.synod.state;

import static io.synod.state.TestMachine.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.state.command.Entry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Tests locks: holders, queue order and fencing tokens. */
class LockStateTest {
  private final TestMachine log = new TestMachine();

  private Lock lock() {
    return Objects.requireNonNull(log.state().lock("l"));
  }

  @Test
  void passesOnInTheOrderOfAskingUnderRisingTokens() {
    List<Long> sessions = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sessions.add(log.hold("l"));
    }
    assertThat(lock().token()).isEqualTo(sessions.get(0));
    log.close(sessions.get(2));
    assertThat(lock().token())
        .as("a waiter that leaves changes nothing")
        .isEqualTo(sessions.get(0));
    assertThat(lock().position(sessions.get(3))).isEqualTo(2);
    assertThat(lock().position(sessions.get(2))).isEqualTo(-1);
    long token = lock().token();
    for (long session : List.of(sessions.get(0), sessions.get(1), sessions.get(3))) {
      assertThat(lock().holder().session()).isEqualTo(session);
      log.millis += 10;
      log.close(session);
      assertThat(lock().token()).isGreaterThan(token).isEqualTo(log.index());
      assertThat(lock().sinceMillis()).isEqualTo(log.millis);
      token = lock().token();
    }
    log.close(sessions.get(4));
    assertThat(log.state().lock("l")).isNull();
    assertThat(log.state().lockCount()).isZero();
    assertThat(log.hold("l")).isGreaterThan(token);
  }

  @Test
  void answersATryOnceThatFailsTheSameForGood() {
    long holder = log.hold("l");
    Entry once = log.holding("l", true);
    assertThat(log.reply(once)).isEqualTo(new Reply.Queued(false));
    log.close(holder);
    assertThat(log.apply(once))
        .isEqualTo(new Result.Repetition(2, 2, log.millis, 0, new Reply.Queued(false)));
    assertThat(log.state().lock("l")).isNull();
    assertThat(log.reply(log.holding("l", true))).isEqualTo(new Reply.Queued(true));
  }

  @Test
  void releasesOnlyUnderTheHoldersTokenUnlessForced() {
    long session = log.open();
    long holder = log.hold("l");
    final long next = log.hold("l");
    assertThat(release(session, next, false)).isEqualTo(new Result.NotHeld());
    assertThat(release(session, holder, false))
        .isEqualTo(new Result.Effect(new Reply.Released(holder)));
    assertThat(lock().token()).isEqualTo(log.index());
    assertThat(lock().holder().session()).isEqualTo(next);
    assertThat(log.state().session(holder)).as("the hold is over").isNull();
    assertThat(release(session, holder, false)).as("stale").isEqualTo(new Result.NotHeld());
    long token = lock().token();
    assertThat(release(session, 0, true)).isEqualTo(new Result.Effect(new Reply.Released(token)));
    assertThat(release(session, 0, false)).isEqualTo(new Result.NotHeld());
    assertThat(release(session, 0, true)).isEqualTo(new Result.Effect(new Reply.Released(0)));
  }

  private Result release(long session, long token, boolean force) {
    return log.apply(
        log.entry(
            session, Entry.Kind.RELEASE, new SystemCommands.Release("l", token, force).encode()));
  }

  @Test
  void releasesUnderTheTokenWhereTheGrantIsNotKnownYet() {
    // The sidecar is behind: it made the command before the lock was granted.
    long token = log.index() + 1;
    Payload order = new SystemCommands.Release("l", token, false).encode();
    Entry release = log.sessionless(Entry.Kind.RELEASE, order);
    assertThat(log.hold("l")).isEqualTo(token);
    assertThat(log.apply(release)).isEqualTo(new Result.Effect(new Reply.Released(token)));
  }

  @Test
  void passesOnOverAllWhoExpireTogether() {
    long first = log.hold("l");
    long second = log.hold("l");
    final long third = log.hold("l");
    List<SystemCommands.Expire.Judged> judged =
        List.of(
            new SystemCommands.Expire.Judged(first, first),
            new SystemCommands.Expire.Judged(second, second));
    log.reply(
        log.sessionless(Entry.Kind.EXPIRE_SESSIONS, new SystemCommands.Expire(judged).encode()));
    assertThat(lock().holder().session()).isEqualTo(third);
    assertThat(lock().token()).isEqualTo(log.index());
  }

  @Test
  void proclaimsTheHoldersValueAndItsNode() {
    log.hold("l");
    assertThat(lock().holder().value()).isEqualTo(value("at l"));
    assertThat(lock().holder().node()).isEqualTo(1);
    assertThat(log.state().bytes()).isEqualTo(ModelComparison.recount(log.state()));
  }
}
