package io.synod.bench.load;

import io.synod.cli.shared.EnumNames;
import java.util.Locale;

/** What the callers ask for, over and over. */
public enum BenchOperation {
  /** A command in the log; of etcd, which has no log to offer, a put. */
  PROPOSE("proposals"),
  /** A key's value is written. */
  PUT("puts"),
  /** A key is read, linearizably. */
  GET("strong gets"),
  /** A key is read as this member has it. */
  LOCAL_GET("local gets"),
  /** One compare, a put and a get, in one step. */
  TXN("transactions"),
  /** Keys are written, and watchers get every write. */
  WATCH("delivered events");

  private final String counted;

  BenchOperation(String counted) {
    this.counted = counted;
  }

  /** What is counted, for people. */
  public String counted() {
    return counted;
  }

  /** The word that asks for it. */
  public String optionName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The word, as a list of them shows it. */
  @Override
  public String toString() {
    return optionName();
  }

  /** What a caller asks for; watchers ask for nothing. */
  BenchOperation measured() {
    return this == WATCH ? PUT : this;
  }

  /** Whether the keys must be there before. */
  public boolean reads() {
    return this == GET || this == LOCAL_GET;
  }

  /** Reads {@code --operation}. */
  static final class Option extends EnumNames<BenchOperation> {
    Option() {
      super(BenchOperation.class, "");
    }
  }
}
