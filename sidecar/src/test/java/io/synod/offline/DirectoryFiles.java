package io.synod.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The files of a data directory, compared, copied and damaged by tests. */
public final class DirectoryFiles {
  private DirectoryFiles() {}

  /** Every file with its bytes, its time of modification and its permissions. */
  public static Map<String, String> contents(Path directory) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.toList()) {
        String bytes =
            Files.isDirectory(file) ? "" : ":" + Arrays.hashCode(Files.readAllBytes(file));
        contents.put(
            file.toString(),
            Files.getLastModifiedTime(file)
                + bytes
                + PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      }
    }
    return contents;
  }

  /** The first sealed file whose name begins with {@code prefix}. */
  public static Path sealed(Path directory, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("segments"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  /** The last file of the tail that holds a frame. */
  public static Path newestTail(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("tail-"))
          .filter(DirectoryFiles::holdsAFrame)
          .sorted()
          .reduce((first, second) -> second)
          .orElseThrow();
    }
  }

  /** The last file of the tail that holds a text. */
  public static Path tailWith(Path directory, String text) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("tail-"))
          .filter(file -> indexOf(file, text) > 0)
          .sorted()
          .reduce((first, second) -> second)
          .orElseThrow();
    }
  }

  private static int indexOf(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).indexOf(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean holdsAFrame(Path file) {
    try {
      return Files.readAllBytes(file)[0] != 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The offset of a text in a file, which must hold it. */
  public static int find(Path file, String text) {
    int at = indexOf(file, text);
    assertThat(at).as("%s in %s", text, file).isPositive();
    return at;
  }

  /** Flips one bit. */
  public static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 4;
    Files.write(file, bytes);
  }

  /** Copies a directory with everything in it. */
  public static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
