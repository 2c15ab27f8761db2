package io.synod.offline;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.main.InProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A sample directory, and {@code synod inspect} on it; a test class extends it. */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class InspectScenario {
  @TempDir Path parent;
  SampleDirectory sample;

  String out = "";
  List<String> faults = List.of();

  @BeforeEach
  void makeADirectory() {
    sample = SampleDirectory.make(parent.resolve("data"));
  }

  int inspect(String... more) {
    return inspect(sample.path(), more);
  }

  int inspect(Path directory, String... more) {
    List<String> args = new ArrayList<>(List.of("inspect", directory.toString()));
    args.addAll(List.of(more));
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    ByteArrayOutputStream talk = new ByteArrayOutputStream();
    int status = InProcess.run(data, talk, args.toArray(String[]::new));
    out = data.toString(StandardCharsets.UTF_8);
    faults = talk.toString(StandardCharsets.UTF_8).lines().toList();
    return status;
  }

  JsonObject json() {
    return JsonParser.parseString(out).getAsJsonObject();
  }

  /** Every file with its bytes and its time of modification. */
  static Map<String, String> contents(Path directory) throws IOException {
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

  Path sealed(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(sample.path().resolve("segments"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  Path newestTail() throws IOException {
    try (Stream<Path> files = Files.list(sample.path())) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("tail-"))
          .filter(InspectScenario::holdsAFrame)
          .sorted()
          .reduce((first, second) -> second)
          .orElseThrow();
    }
  }

  static boolean holdsAFrame(Path file) {
    try {
      return Files.readAllBytes(file)[0] != 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int find(Path file, String text) throws IOException {
    int at = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).indexOf(text);
    assertThat(at).isPositive();
    return at;
  }

  static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 4;
    Files.write(file, bytes);
  }

  /** The message with which a start refuses the directory, without its advice. */
  String startSays() {
    try {
      SampleDirectory.open(sample.path()).close();
      return "";
    } catch (RuntimeException e) {
      return String.valueOf(e.getMessage()).split("; restart the node", 2)[0];
    }
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
