package io.synod.cli.kv;

import io.synod.cli.shared.Shown;
import io.synod.v1.KeyValue;

/** How pairs of the key-value state look to people. */
final class Pairs {
  static final String HEADER = Shown.format("%9s %7s  %s", "MOD INDEX", "VERSION", "KEY = VALUE");

  private Pairs() {}

  static String row(KeyValue kv) {
    return Shown.format(
        "%9d %7d  %s = %s",
        kv.getModIndex(), kv.getVersion(), Shown.text(kv.getKey()), Shown.command(kv.getValue()));
  }

  /** Everything but the key and the value. */
  static String details(KeyValue kv) {
    return Shown.format("mod index %d, version %d", kv.getModIndex(), kv.getVersion())
        + (kv.getCreateIndex() == kv.getModIndex() ? "" : ", created at " + kv.getCreateIndex())
        + lifetime(kv);
  }

  /** How it will end, if it ends by itself. */
  static String lifetime(KeyValue kv) {
    return (kv.getSessionId().isEmpty() ? "" : ", with session " + Shown.line(kv.getSessionId()))
        + (kv.hasExpireTime() ? ", expires " + Shown.time(kv.getExpireTime()) : "");
  }
}
