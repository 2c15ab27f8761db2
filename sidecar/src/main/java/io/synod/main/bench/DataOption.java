package io.synod.main.bench;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the clusters that a measurement starts keep their data. */
final class DataOption {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where they keep their data, on the disk to measure. Default: a temporary one.")
  @Nullable Path parent;

  /** What is done in a directory. */
  interface Use {
    /** Returns the exit status. */
    int in(Path dir) throws IOException, InterruptedException;
  }

  /** Lends a new directory, which is gone afterwards with all that is in it. */
  int lend(Use use) throws IOException, InterruptedException {
    Path dir = Directories.fresh(parent);
    try {
      return use.in(dir);
    } finally {
      Directories.delete(dir);
    }
  }
}
