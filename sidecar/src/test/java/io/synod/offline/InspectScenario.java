package io.synod.offline;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.main.InProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  Path sealed(String prefix) throws IOException {
    return DirectoryFiles.sealed(sample.path(), prefix);
  }

  /** The file of the tail with this slot, which may not be the newest one. */
  Path tailWith(long slot) throws IOException {
    return DirectoryFiles.tailWith(sample.path(), "order " + slot + " ");
  }

  Path newestTail() throws IOException {
    return DirectoryFiles.newestTail(sample.path());
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
}
