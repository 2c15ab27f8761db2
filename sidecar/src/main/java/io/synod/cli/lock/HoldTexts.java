package io.synod.cli.lock;

import io.synod.cli.shared.ValueText;
import io.synod.v1.HoldEvent.Lost;
import io.synod.v1.HoldEvent.Waiting;
import io.synod.v1.Holder;

/** Formats the events of holds. */
final class HoldTexts {
  private HoldTexts() {}

  static String waiting(String name, Waiting waiting) {
    return "waiting for "
        + ValueText.text(name)
        + ": position "
        + waiting.getPosition()
        + (waiting.getHolderNodeId().isEmpty()
            ? ""
            : ", held at " + ValueText.node(waiting.getHolderNodeId()));
  }

  /**
   * The refusal of a signal that suspends: the holder would lose the lock while its process is
   * suspended.
   */
  static String notSuspended(String name, String signal) {
    return signal + " is ignored: a suspended process would lose the lock " + ValueText.text(name);
  }

  static String reason(Lost lost) {
    return switch (lost.getReason()) {
      case REASON_NOT_GRANTED -> "the lock is held by another";
      case REASON_EXPIRED -> "the sidecar could not renew it in time; another may hold it";
      case REASON_RELEASED -> "an operator released it";
      case REASON_SHUTTING_DOWN -> "the sidecar is stopping, and released it";
      default -> "the sidecar gave no reason";
    };
  }

  /** The holder, on one line. */
  static String holder(Holder holder) {
    if (!holder.getHeld()) {
      return "nobody" + queue(holder);
    }
    return ValueText.node(holder.getNodeId())
        + ", token "
        + Long.toUnsignedString(holder.getFencingToken())
        + (holder.hasSince() ? ", since " + ValueText.time(holder.getSince()) : "")
        + (holder.hasValidFor()
            ? ", valid for " + ValueText.span(holder.getValidFor())
            : ", validity not known here")
        + queue(holder)
        + (holder.getValue().isEmpty() ? "" : "  " + ValueText.command(holder.getValue()));
  }

  private static String queue(Holder holder) {
    return holder.getWaiting() == 0 ? "" : ", " + holder.getWaiting() + " waiting";
  }
}
