package io.synod.cli.kv;

/** A written transaction that cannot be read, and in which line. */
final class TxnSyntaxException extends Exception {
  private static final long serialVersionUID = 1;

  TxnSyntaxException(int line, String message) {
    super("line " + line + ": " + message);
  }
}
