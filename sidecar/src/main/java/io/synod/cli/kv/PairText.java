package io.synod.cli.kv;

import io.synod.cli.shared.Columns;
import io.synod.cli.shared.ValueText;
import io.synod.v1.KeyValue;

/** Formats pairs of the key-value state. */
final class PairText {
  private static final Columns COLUMNS =
      Columns.none().right("MOD INDEX", 9).right("VERSION", 7).left("KEY = VALUE", 0);
  static final String HEADER = COLUMNS.header();

  private PairText() {}

  static String row(KeyValue kv) {
    return COLUMNS.row(
        kv.getModIndex(),
        kv.getVersion(),
        ValueText.text(kv.getKey()) + " = " + ValueText.command(kv.getValue()));
  }

  /** Everything but the key and the value. */
  static String details(KeyValue kv) {
    return ValueText.format("mod index %d, version %d", kv.getModIndex(), kv.getVersion())
        + (kv.getCreateIndex() == kv.getModIndex() ? "" : ", created at " + kv.getCreateIndex())
        + lifetime(kv);
  }

  /** When the pair is deleted by itself; empty if it is not. */
  static String lifetime(KeyValue kv) {
    return (kv.getSessionId().isEmpty()
            ? ""
            : ", with session " + ValueText.line(kv.getSessionId()))
        + (kv.hasExpireTime() ? ", expires " + ValueText.time(kv.getExpireTime()) : "");
  }
}
