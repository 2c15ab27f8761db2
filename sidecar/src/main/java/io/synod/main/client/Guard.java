package io.synod.main.client;

import io.grpc.StatusRuntimeException;
import io.synod.main.ExitStatus;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldEvent.Lost;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
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

  /** Returns the exit status: the command's, or our own if it did not run or not to its end. */
  int run(Hold hold, List<String> what) throws InterruptedException {
    Integer early = awaitGrant(hold);
    if (early != null) {
      return early;
    }
    Ward ward;
    try {
      Map<String, String> told =
          Map.of(
              "SYNOD_LOCK_NAME",
              name,
              "SYNOD_FENCING_TOKEN",
              Long.toUnsignedString(token),
              "SYNOD_ENDPOINT",
              command.endpoint.text());
      ward = Ward.start(what, told, grace.toMillis());
    } catch (IOException e) {
      hold.release(token, command.timeout);
      command.say("synod: cannot run " + Shown.text(what.get(0)) + ": there is no such program");
      return ExitStatus.NO_PROGRAM;
    }
    Future<?> unused = ward.exitStatus().thenAccept(status -> hold.tell(new Hold.Ended(status)));
    try {
      return watch(hold, ward);
    } finally {
      ward.dismiss();
    }
  }

  /** Returns null once the lock is ours. */
  private @Nullable Integer awaitGrant(Hold hold) throws InterruptedException {
    while (true) {
      Hold.News news = hold.next();
      if (news instanceof Hold.Signalled signal && !signal.name().equals("USR1")) {
        hold.close();
        return Signals.exitStatus(signal.name());
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
      if (news == null) {
        return stop(hold, ward, "it was not renewed in time", validUntilNanos);
      }
      if (news instanceof Hold.Ended ended) {
        hold.release(token, command.timeout);
        return ended.exitStatus();
      }
      if (news instanceof Hold.Signalled signal) {
        ward.forward(signal.name());
      } else if (news instanceof Hold.Broken broken) {
        return stop(hold, ward, why(broken.error()), Math.min(validUntilNanos, fromNow()));
      } else if (news instanceof Hold.Arrived arrived) {
        HoldEvent event = arrived.event();
        if (event.hasRenewed()) {
          valid(arrived);
        } else if (event.hasLost()) {
          return stop(hold, ward, Holds.reason(event.getLost()), fromNow());
        }
      }
    }
  }

  private long fromNow() {
    return System.nanoTime() + grace.toNanos();
  }

  private String why(StatusRuntimeException error) {
    return Failure.of(error, command.endpoint, false).line();
  }

  private int stop(Hold hold, Ward ward, String why, long killAtNanos) throws InterruptedException {
    command.say(
        "synod: the lock " + Shown.text(name) + " is lost: " + why + "; stopping the command");
    ward.terminate();
    ward.awaitEnd(killAtNanos);
    hold.close();
    return ExitStatus.OUTCOME_UNKNOWN;
  }
}
