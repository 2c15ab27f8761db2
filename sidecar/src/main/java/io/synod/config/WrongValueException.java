package io.synod.config;

/** A text that is not of the form that its key wants. */
final class WrongValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  WrongValueException(String form, String text) {
    super("must be " + form + ", not '" + text + "'");
  }
}
