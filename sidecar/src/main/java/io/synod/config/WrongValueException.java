package io.synod.config;

/** Reports a text that does not have the form of its key's values. */
final class WrongValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  WrongValueException(String form, String text) {
    super("must be " + form + ", not '" + text + "'");
  }
}
