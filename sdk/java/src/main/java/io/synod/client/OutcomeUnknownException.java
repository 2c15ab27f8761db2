package io.synod.client;

/**
 * The time was up before it was known what became of a proposal: it may be in the log, now or
 * later, or never. It is there at most once, however often this client asked. To find out, read or
 * watch the log.
 */
public final class OutcomeUnknownException extends SynodException {
  private static final long serialVersionUID = 1L;

  OutcomeUnknownException(SynodException last) {
    super("the outcome is unknown; last answer: " + last.getMessage(), last);
  }
}
