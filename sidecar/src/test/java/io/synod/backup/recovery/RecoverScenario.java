package io.synod.backup.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.cli.shared.ExitStatus;
import io.synod.main.InProcess;
import io.synod.runtime.backup.BackupReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** Directories that are left of a cluster, and {@code synod recover} on them. */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class RecoverScenario {
  @TempDir Path dir;
  SampleSurvivors sample;
  String out = "";
  String err = "";

  /** Begins a cluster of this many voters. */
  void voters(int count) {
    sample = new SampleSurvivors(dir, count);
  }

  @AfterEach
  void stop() {
    sample.close();
  }

  int synod(String... args) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    ByteArrayOutputStream talk = new ByteArrayOutputStream();
    int status = InProcess.run(data, talk, args);
    out = data.toString(StandardCharsets.UTF_8);
    err = talk.toString(StandardCharsets.UTF_8);
    return status;
  }

  /** Stops all sidecars and runs the command on the directories of these nodes. */
  int recover(List<Integer> nodes, String... more) {
    sample.close();
    List<String> args = new ArrayList<>(List.of("recover"));
    nodes.forEach(node -> args.add(sample.path(node).toString()));
    args.addAll(List.of(more));
    return synod(args.toArray(String[]::new));
  }

  /** A dry run, which must succeed. */
  JsonObject recovered(Integer... nodes) {
    assertThat(recover(List.of(nodes), "-o", "json")).as("%s", err).isEqualTo(ExitStatus.OK);
    assertThat(err).isEmpty();
    return JsonParser.parseString(out).getAsJsonObject();
  }

  /** Checks that the command refuses these directories in one line. */
  void refused(String line, List<Integer> nodes, String... more) {
    assertThat(recover(nodes, more)).isEqualTo(ExitStatus.ERROR);
    assertThat(err).startsWith("synod: ").contains(line).hasLineCount(1);
    assertThat(out).isEmpty();
  }

  /** Writes what is recovered to a file. */
  Path written(Integer... nodes) {
    Path file = dir.resolve("recovered.backup");
    assertThat(
            recover(
                List.of(nodes), "--write", file.toString(), "--cluster", SampleSurvivors.CLUSTER))
        .as("%s", err)
        .isEqualTo(ExitStatus.OK);
    return file;
  }

  static BackupReader.Backup read(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return BackupReader.read(in, BackupReader.AppReceiver.NONE);
    }
  }

  /** The fields of the reported slots: slot, ballot, node, chosen, recovered. */
  static List<String> slots(JsonObject report) {
    return StreamSupport.stream(report.getAsJsonArray("slots").spliterator(), false)
        .map(one -> one.getAsJsonObject())
        .map(
            slot ->
                slot.get("slot").getAsLong()
                    + " "
                    + slot.get("ballot").getAsString()
                    + " node "
                    + slot.get("node").getAsInt()
                    + (slot.get("chosen").getAsBoolean() ? " chosen" : " accepted")
                    + (slot.get("recovered").getAsBoolean() ? "" : " left out"))
        .toList();
  }

  static long position(JsonObject report, String field) {
    return report.getAsJsonObject("recovered").get(field).getAsLong();
  }
}
