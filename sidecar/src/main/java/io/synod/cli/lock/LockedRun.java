package io.synod.cli.lock;

import io.grpc.StatusRuntimeException;
import io.synod.cli.shared.CallFailure;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ValueText;
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
 * Waits for a lock, runs a command while holding it, and ends the command before another can be
 * granted the lock.
 *
 * <p>The validity that the sidecar states ends before another can be granted the lock. So if no
 * renewal arrives, the command gets TERM while the lock is still valid, and KILL when it no longer
 * is. If the sidecar reports that the lock is lost, another may hold it already: the command gets
 * TERM at once, and only the fencing token protects the resource until it has ended.
 */
final class LockedRun {
  /** The grace period is at most this fraction of the validity. */
  private static final int GRACE_PART = 4;

  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final String NOT_RENEWED = "it was not renewed in time";

  private final ClientCommand command;
  private final String name;
  private final Duration grace;
  private long token;
  private long validUntilNanos;
  private long checkAtNanos;

  LockedRun(ClientCommand command, String name, Duration grace) {
    this.command = command;
    this.name = name;
    this.grace = grace;
  }

  /**
   * Waits for the lock and runs the command. Returns the exit status: the command's, or one of
   * {@link io.synod.cli.shared.ExitStatus} if it did not run or not to its end.
   *
   * @param open requests the lock; not called if the command could not be ended reliably
   */
  int run(Supplier<HoldStream> open, List<String> what) throws InterruptedException {
    try (GuardedProcess guardedProcess = GuardedProcess.ready();
        HoldStream holdStream = open.get()) {
      Integer early = awaitGrant(holdStream);
      return early != null ? early : run(holdStream, guardedProcess, what);
    } catch (IOException e) {
      command.printError("synod: cannot run a command under a lock: " + e.getMessage());
      return ExitStatus.ERROR;
    }
  }

  private int run(HoldStream holdStream, GuardedProcess guardedProcess, List<String> what)
      throws InterruptedException {
    try {
      Map<String, String> environment =
          Map.of(
              "SYNOD_LOCK_NAME",
              name,
              "SYNOD_FENCING_TOKEN",
              Long.toUnsignedString(token),
              "SYNOD_ENDPOINT",
              command.endpoint.text());
      guardedProcess.start(what, environment);
    } catch (IOException e) {
      holdStream.release(token, command.timeout);
      command.printError(
          "synod: cannot run " + ValueText.text(what.get(0)) + ": " + e.getMessage());
      return ExitStatus.NO_PROGRAM;
    }
    Future<?> unused =
        guardedProcess
            .exitStatus()
            .thenAccept(status -> holdStream.add(new HoldStream.Ended(status)));
    try {
      Loss loss = vouched(guardedProcess);
      return loss == null
          ? watch(holdStream, guardedProcess)
          : stop(holdStream, guardedProcess, loss);
    } finally {
      // Whatever failed, the command is killed before the hold ends.
      guardedProcess.kill();
    }
  }

  /** Waits for the grant; returns null once the lock is held, otherwise the exit status. */
  private @Nullable Integer awaitGrant(HoldStream holdStream) throws InterruptedException {
    while (true) {
      HoldStream.Update update = holdStream.next();
      if (update instanceof HoldStream.Signalled signal && Signals.ends(signal.name())) {
        holdStream.close();
        return Signals.exitStatus(signal.name());
      }
      if (update instanceof HoldStream.Signalled signal && Signals.stops(signal.name())) {
        command.printError("synod: " + HoldTexts.notSuspended(name, signal.name()));
      }
      if (update instanceof HoldStream.Broken broken) {
        throw broken.error();
      }
      if (update instanceof HoldStream.Arrived arrived) {
        HoldEvent event = arrived.event();
        switch (event.getEventCase()) {
          case WAITING -> command.printError("# " + HoldTexts.waiting(name, event.getWaiting()));
          case GRANTED -> {
            token = event.getGranted().getFencingToken();
            valid(arrived);
            return null;
          }
          case LOST -> {
            return notGranted(event.getLost());
          }
          default -> {
            // A later version may send other messages, which are ignored.
          }
        }
      }
    }
  }

  private int notGranted(Lost lost) {
    CallFailure callFailure =
        lost.getReason() == Lost.Reason.REASON_NOT_GRANTED
            ? new CallFailure(
                ExitStatus.UNHEALTHY,
                "NOT_GRANTED",
                "the lock " + ValueText.text(name) + " is held by another")
            : new CallFailure(
                ExitStatus.UNAVAILABLE,
                "LOST",
                "the place in the queue was lost: " + HoldTexts.reason(lost));
    return command.fail(callFailure);
  }

  private void valid(HoldStream.Arrived arrived) {
    validUntilNanos = arrived.untilNanos();
    long part = (validUntilNanos - arrived.atNanos()) / GRACE_PART;
    checkAtNanos = validUntilNanos - Math.min(grace.toNanos(), part);
  }

  private int watch(HoldStream holdStream, GuardedProcess guardedProcess)
      throws InterruptedException {
    while (true) {
      HoldStream.Update update = holdStream.next(checkAtNanos);
      if (update instanceof HoldStream.Ended ended) {
        return settle(holdStream, guardedProcess, ended.exitStatus());
      }
      if (update instanceof HoldStream.Signalled signal) {
        pass(guardedProcess, signal.name());
      }
      Loss loss = loss(guardedProcess, update);
      if (loss != null) {
        return stop(holdStream, guardedProcess, loss);
      }
    }
  }

  private void pass(GuardedProcess guardedProcess, String signal) throws InterruptedException {
    if (Signals.stops(signal)) {
      command.printError("synod: " + HoldTexts.notSuspended(name, signal));
    } else {
      guardedProcess.forward(signal);
    }
  }

  /**
   * Ends the processes that the command left behind, which run under the lock too, before the lock
   * is released.
   */
  private int settle(HoldStream holdStream, GuardedProcess guardedProcess, int status)
      throws InterruptedException {
    if (guardedProcess.isAlive()) {
      command.printError(
          "synod: the command ended and left processes behind; stopping " + guardedProcess.names());
      guardedProcess.terminate();
      long killAtNanos = fromNow();
      long reportAtNanos = killAtNanos + REPORT_NANOS;
      while (guardedProcess.isAlive()) {
        long now = System.nanoTime();
        HoldStream.Update update = holdStream.next(Math.min(checkAtNanos, now + POLL_NANOS));
        Loss loss = update == null && now < checkAtNanos ? null : loss(guardedProcess, update);
        if (loss != null) {
          return stop(holdStream, guardedProcess, loss);
        }
        if (update instanceof HoldStream.Signalled signal && Signals.ends(signal.name())) {
          killAtNanos = now;
        }
        if (now >= killAtNanos) {
          guardedProcess.kill();
        }
        if (now >= reportAtNanos) {
          command.printError(
              "synod: the lock is kept, since these processes cannot be ended: "
                  + guardedProcess.names());
          reportAtNanos = now + REPORT_NANOS;
        }
      }
    }
    if (System.nanoTime() >= validUntilNanos) {
      return stop(holdStream, guardedProcess, new Loss(NOT_RENEWED, validUntilNanos));
    }
    holdStream.release(token, command.timeout);
    return status;
  }

  /** How the lock was lost by this event, or by the lack of one; null if it was not. */
  private @Nullable Loss loss(GuardedProcess guardedProcess, HoldStream.@Nullable Update update) {
    if (update == null) {
      return new Loss(NOT_RENEWED, validUntilNanos);
    }
    if (update instanceof HoldStream.Broken broken) {
      return new Loss(why(broken.error()), Math.min(validUntilNanos, fromNow()));
    }
    if (update instanceof HoldStream.Arrived arrived) {
      HoldEvent event = arrived.event();
      if (event.hasLost()) {
        return new Loss(HoldTexts.reason(event.getLost()), fromNow());
      }
      if (event.hasRenewed()) {
        valid(arrived);
        return vouched(guardedProcess);
      }
    }
    return null;
  }

  private @Nullable Loss vouched(GuardedProcess guardedProcess) {
    try {
      guardedProcess.vouch(validUntilNanos - System.nanoTime());
      return null;
    } catch (IOException e) {
      return new Loss("the watchdog was killed, and " + e.getMessage(), fromNow());
    }
  }

  private long fromNow() {
    return System.nanoTime() + grace.toNanos();
  }

  private String why(StatusRuntimeException error) {
    return CallFailure.of(error, command.endpoint, false).line();
  }

  private int stop(HoldStream holdStream, GuardedProcess guardedProcess, Loss loss)
      throws InterruptedException {
    command.printError(
        "synod: the lock "
            + ValueText.text(name)
            + " is lost: "
            + loss.why
            + "; stopping the command");
    try {
      // The watchdog waits for the grace period too, and for the kill after it.
      guardedProcess.vouch(loss.killAtNanos - System.nanoTime() + SLACK_NANOS);
    } catch (IOException e) {
      // Without the watchdog, this process alone ends the command.
    }
    guardedProcess.terminate();
    guardedProcess.awaitEnd(loss.killAtNanos);
    if (guardedProcess.isAlive()) {
      command.printError(
          "synod: these processes could not be ended in time: " + guardedProcess.names());
    }
    holdStream.close();
    return ExitStatus.OUTCOME_UNKNOWN;
  }

  /** Why the lock was lost, and when the rest of the command is killed. */
  private record Loss(String why, long killAtNanos) {}
}
