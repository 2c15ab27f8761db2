package io.synod.bench.load;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How large the written values are, shared by the bench commands. */
public final class ValueSize {
  private static final int BYTES_MAX = 1 << 20;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      defaultValue = "256",
      description = "Bytes of each value. Default: ${DEFAULT-VALUE}")
  public int bytes;

  /** What is wrong with it; null if nothing is. */
  @Nullable
  public String fault() {
    return bytes < 1 || bytes > BYTES_MAX ? "--size goes from 1 to " + BYTES_MAX : null;
  }
}
