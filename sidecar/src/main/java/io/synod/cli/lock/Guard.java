package io.synod.cli.lock;

import io.grpc.StatusRuntimeException;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Failure;
import io.synod.cli.shared.Shown;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldEvent.Lost;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a lock, runs a command while holding it, and ends the command before the lock can be
 * another's.
 *
 * <p>The validity that the sidecar states ends before anyone else can be granted. So when no
 * renewal comes the command is asked to end while the lock is still valid, and killed when it is
 * valid no more. When the sidecar says that the lock is lost, it may be another's already: the
 * command is asked at once, and the fencing token is what protects until it is gone.
 */
final class Guard {
  /** The part of the validity that a command may have to end in. */
  private static final int GRACE_PART = 4;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long SAY_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final String NOT_RENEWED = "it was not renewed in time";

  private final ClientCommand command;
  private final String name;
  private final Duration grace;
  private long token;
  private long validUntilNanos;
  private long askAtNanos;

  Guard(ClientCommand command, String name, Duration grace) {
    this.command = command;
    this.name = name;
    this.grace = grace;
  }

  /**
   * Waits for the lock and runs the command. Returns the exit status: the command's, or our own if
   * it did not run or not to its end.
   *
   * @param asked asks for the lock; not called if the command could not be ended by all means
   */
  int run(Supplier<Hold> asked, List<String> what) throws InterruptedException {
    try (Ward ward = Ward.ready();
        Hold hold = asked.get()) {
      Integer early = awaitGrant(hold);
      return early != null ? early : run(hold, ward, what);
    } catch (IOException e) {
      command.say("synod: cannot run a command under a lock: " + e.getMessage());
      return ExitStatus.ERROR;
    }
  }

  private int run(Hold hold, Ward ward, List<String> what) throws InterruptedException {
    try {
      Map<String, String> told =
          Map.of(
              "SYNOD_LOCK_NAME",
              name,
              "SYNOD_FENCING_TOKEN",
              Long.toUnsignedString(token),
              "SYNOD_ENDPOINT",
              command.endpoint.text());
      ward.start(what, told);
    } catch (IOException e) {
      hold.release(token, command.timeout);
      command.say("synod: cannot run " + Shown.text(what.get(0)) + ": " + e.getMessage());
      return ExitStatus.NO_PROGRAM;
    }
    Future<?> unused = ward.exitStatus().thenAccept(status -> hold.tell(new Hold.Ended(status)));
    try {
      Loss loss = vouched(ward);
      return loss == null ? watch(hold, ward) : stop(hold, ward, loss);
    } finally {
      // Whatever went wrong: the hold ends after this, and not before.
      ward.kill();
    }
  }

  /** Returns null once the lock is ours. */
  private @Nullable Integer awaitGrant(Hold hold) throws InterruptedException {
    while (true) {
      Hold.News news = hold.next();
      if (news instanceof Hold.Signalled signal && Signals.ends(signal.name())) {
        hold.close();
        return Signals.exitStatus(signal.name());
      }
      if (news instanceof Hold.Signalled signal && Signals.stops(signal.name())) {
        command.say("synod: " + Holds.notSuspended(name, signal.name()));
      }
      if (news instanceof Hold.Broken broken) {
        throw broken.error();
      }
      if (news instanceof Hold.Arrived arrived) {
        HoldEvent event = arrived.event();
        switch (event.getEventCase()) {
          case WAITING -> command.say("# " + Holds.waiting(name, event.getWaiting()));
          case GRANTED -> {
            token = event.getGranted().getFencingToken();
            valid(arrived);
            return null;
          }
          case LOST -> {
            return notGranted(event.getLost());
          }
          default -> {
            // A later sidecar may say more.
          }
        }
      }
    }
  }

  private int notGranted(Lost lost) {
    Failure failure =
        lost.getReason() == Lost.Reason.REASON_NOT_GRANTED
            ? new Failure(
                ExitStatus.UNHEALTHY,
                "NOT_GRANTED",
                "the lock " + Shown.text(name) + " is held by another")
            : new Failure(
                ExitStatus.UNAVAILABLE,
                "LOST",
                "no place in the queue any more: " + Holds.reason(lost));
    return command.fail(failure);
  }

  private void valid(Hold.Arrived arrived) {
    validUntilNanos = arrived.untilNanos();
    long part = (validUntilNanos - arrived.atNanos()) / GRACE_PART;
    askAtNanos = validUntilNanos - Math.min(grace.toNanos(), part);
  }

  private int watch(Hold hold, Ward ward) throws InterruptedException {
    while (true) {
      Hold.News news = hold.next(askAtNanos);
      if (news instanceof Hold.Ended ended) {
        return settle(hold, ward, ended.exitStatus());
      }
      if (news instanceof Hold.Signalled signal) {
        pass(ward, signal.name());
      }
      Loss loss = loss(ward, news);
      if (loss != null) {
        return stop(hold, ward, loss);
      }
    }
  }

  private void pass(Ward ward, String signal) throws InterruptedException {
    if (Signals.stops(signal)) {
      command.say("synod: " + Holds.notSuspended(name, signal));
    } else {
      ward.forward(signal);
    }
  }

  /**
   * The command has ended. What it left behind works under the lock too, and so is ended before the
   * lock is given back.
   */
  private int settle(Hold hold, Ward ward, int status) throws InterruptedException {
    if (ward.isAlive()) {
      command.say("synod: the command ended and left processes behind; stopping " + ward.names());
      ward.terminate();
      long killAtNanos = fromNow();
      long sayAtNanos = killAtNanos + SAY_NANOS;
      while (ward.isAlive()) {
        long now = System.nanoTime();
        Hold.News news = hold.next(Math.min(askAtNanos, now + LOOK_NANOS));
        Loss loss = news == null && now < askAtNanos ? null : loss(ward, news);
        if (loss != null) {
          return stop(hold, ward, loss);
        }
        if (news instanceof Hold.Signalled signal && Signals.ends(signal.name())) {
          killAtNanos = now;
        }
        if (now >= killAtNanos) {
          ward.kill();
        }
        if (now >= sayAtNanos) {
          command.say("synod: the lock is held on, for these cannot be ended: " + ward.names());
          sayAtNanos = now + SAY_NANOS;
        }
      }
    }
    if (System.nanoTime() >= validUntilNanos) {
      return stop(hold, ward, new Loss(NOT_RENEWED, validUntilNanos));
    }
    hold.release(token, command.timeout);
    return status;
  }

  /** How the lock was lost by this news, or for want of any; null if it was not. */
  private @Nullable Loss loss(Ward ward, Hold.@Nullable News news) {
    if (news == null) {
      return new Loss(NOT_RENEWED, validUntilNanos);
    }
    if (news instanceof Hold.Broken broken) {
      return new Loss(why(broken.error()), Math.min(validUntilNanos, fromNow()));
    }
    if (news instanceof Hold.Arrived arrived) {
      HoldEvent event = arrived.event();
      if (event.hasLost()) {
        return new Loss(Holds.reason(event.getLost()), fromNow());
      }
      if (event.hasRenewed()) {
        valid(arrived);
        return vouched(ward);
      }
    }
    return null;
  }

  private @Nullable Loss vouched(Ward ward) {
    try {
      ward.vouch(validUntilNanos - System.nanoTime());
      return null;
    } catch (IOException e) {
      return new Loss("the watchdog was killed, and " + e.getMessage(), fromNow());
    }
  }

  private long fromNow() {
    return System.nanoTime() + grace.toNanos();
  }

  private String why(StatusRuntimeException error) {
    return Failure.of(error, command.endpoint, false).line();
  }

  private int stop(Hold hold, Ward ward, Loss loss) throws InterruptedException {
    command.say(
        "synod: the lock " + Shown.text(name) + " is lost: " + loss.why + "; stopping the command");
    try {
      // The watchdog leaves the grace too, and what comes after it.
      ward.vouch(loss.killAtNanos - System.nanoTime() + SLACK_NANOS);
    } catch (IOException e) {
      // Then there is only this process to end it.
    }
    ward.terminate();
    ward.awaitEnd(loss.killAtNanos);
    if (ward.isAlive()) {
      command.say("synod: these could not be ended in time: " + ward.names());
    }
    hold.close();
    return ExitStatus.OUTCOME_UNKNOWN;
  }

  /** Why the lock is not ours any more, and when what is left of the command is killed. */
  private record Loss(String why, long killAtNanos) {}
}
