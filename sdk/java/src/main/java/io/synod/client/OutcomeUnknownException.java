package io.synod.client;

/**
 * The outcome of a proposal was not known at its timeout: it may be in the log, now or later, or
 * never. It is there at most once, however often this client retried. Read or watch the log to find
 * out.
 */
public final class OutcomeUnknownException extends SynodException {
  private static final long serialVersionUID = 1L;

  OutcomeUnknownException(SynodException last) {
    super("the outcome is unknown; last answer: " + last.getMessage(), last);
  }
}
