package io.synod.api;

import java.util.ArrayList;
import java.util.List;

/**
 * What needs a person's eye, one word each, with its subject after a colon if it has one. Each
 * clears by itself. Any thread may call it.
 */
final class Alarms {
  private final Quota quota;

  Alarms(Quota quota) {
    this.quota = quota;
  }

  /** Those that stand now. */
  List<String> now() {
    List<String> alarms = new ArrayList<>();
    quota.names().forEach(full -> alarms.add(full + "_quota"));
    return alarms;
  }
}
