package io.synod.cli.kv;

/** A syntax error in a transaction, with its line. */
final class TxnSyntaxException extends Exception {
  private static final long serialVersionUID = 1;

  TxnSyntaxException(int line, String message) {
    super("line " + line + ": " + message);
  }
}
