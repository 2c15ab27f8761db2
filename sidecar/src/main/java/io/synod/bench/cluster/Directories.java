package io.synod.bench.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The directories of measurements. */
public final class Directories {
  private Directories() {}

  /** A new one, in {@code parent} if that is given. */
  static Path fresh(@Nullable Path parent) throws IOException {
    try {
      return parent == null
          ? Files.createTempDirectory("synod-bench-")
          : Files.createTempDirectory(Files.createDirectories(parent), "bench-");
    } catch (IOException e) {
      throw new IOException("cannot make a directory for the data in " + parent, e);
    }
  }

  /** Removes it with all that is in it. */
  public static void delete(Path dir) throws IOException {
    for (Path path : all(dir)) {
      Files.deleteIfExists(path);
    }
  }

  /** What its files take, as far as they stay there while this looks. */
  public static long bytes(Path dir) throws IOException {
    long bytes = 0;
    for (Path path : all(dir)) {
      try {
        bytes += Files.isRegularFile(path) ? Files.size(path) : 0;
      } catch (NoSuchFileException gone) {
        // Removed meanwhile.
      }
    }
    return bytes;
  }

  /** The deepest first. */
  private static List<Path> all(Path dir) throws IOException {
    try (Stream<Path> paths = Files.walk(dir)) {
      return paths.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException gone) {
      throw gone.getCause();
    }
  }
}
