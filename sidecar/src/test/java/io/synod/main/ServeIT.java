package io.synod.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.cli.shared.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests a sidecar in a process: how it starts, stops and fails, and what it keeps. */
class ServeIT {
  private static final String API = "serves api=(\\S+)";
  private static final String HTTP = "http=(\\S+)";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private Path directory;
  private int peerPort;

  @BeforeEach
  void chooseAPort() throws IOException {
    peerPort = PackagedProgram.freePort();
  }

  @Test
  void keepsWhatItAcknowledgedAcrossAStopAndAKill() throws Exception {
    try (PackagedProgram first = serve()) {
      assertThat(synod("propose", "--endpoint", first.await(API), "before the stop"))
          .startsWith("index ");
      first.process().destroy();
      assertThat(first.exit()).isEqualTo(ExitStatus.OK);
      assertThat(first.err().lines().reduce("", (a, b) -> b)).endsWith("stopped");
    }
    try (PackagedProgram second = serve()) {
      synod("propose", "--endpoint", second.await(API), "before the kill");
      second.process().destroyForcibly();
      second.exit();
    }
    try (PackagedProgram third = serve("--log-format", "json")) {
      assertThat(synod("read", "--endpoint", third.await(API)))
          .containsSubsequence("before the stop", "before the kill");
      assertThat(third.err().lines()).allMatch(line -> line.startsWith("{\"timestamp\":"));
      assertThat(third.err()).doesNotContain("before the");
    }
  }

  @Test
  void answersForItsHealth() throws Exception {
    try (PackagedProgram program = serve()) {
      String api = program.await(API);
      String http = program.await(HTTP);
      synod("propose", "--endpoint", api, "hello");
      assertThat(get(http, "/livez")).isEqualTo(200);
      assertThat(get(http, "/readyz")).isEqualTo(200);
      assertThat(get(http, "/metrics")).isEqualTo(200);
      assertThat(read(http, "/metrics"))
          .contains("synod_api_calls_total{method=\"synod.v1.Log/Propose\",code=\"OK\",} 1.0")
          .contains("synod_api_call_duration_seconds_count{method=\"synod.v1.Log/Propose\",} 1.0");
      assertThat(get(http, "/status")).isEqualTo(200);
      assertThat(get(http, "/nothing")).isEqualTo(404);
    }
  }

  @Test
  void answersWhoLeads() throws Exception {
    try (PackagedProgram program = serve()) {
      String api = program.await(API);
      String http = program.await(HTTP);
      synod("propose", "--endpoint", api, "hello");
      assertThat(get(http, "/leader/l")).isEqualTo(404);
      try (PackagedProgram holder =
          PackagedProgram.start(
              directory, Map.of(), "lock", "--endpoint", api, "l", "--", "sleep", "20")) {
        awaitStatus(200, http, "/leader/l");
        assertThat(read(http, "/leader/l"))
            .contains("\"name\":\"l\",\"node\":\"1\",\"token\":")
            .contains("\"valid_for_ms\":");
        holder.process().destroyForcibly();
        holder.exit();
      }
      awaitStatus(404, http, "/leader/l");
    }
  }

  @Test
  void leavesItsDirectoryToNobodyElse() throws Exception {
    try (PackagedProgram first = serve()) {
      String api = first.await(API);
      try (PackagedProgram second = serve("--peers", "1=127.0.0.1:" + PackagedProgram.freePort())) {
        assertThat(second.exit()).isEqualTo(ExitStatus.STORAGE_FAILURE);
        assertThat(second.err()).contains("is in use by another process").hasLineCount(1);
      }
      assertThat(synod("propose", "--endpoint", api, "still here")).startsWith("index ");
    }
    String[][] others = {
      {"--cluster", "other"}, {"--node", "2", "--peers", "1=127.0.0.1:9,2=127.0.0.1:" + peerPort}
    };
    for (String[] other : others) {
      try (PackagedProgram program = serve(other)) {
        assertThat(program.exit()).isEqualTo(ExitStatus.STORAGE_FAILURE);
        assertThat(program.err()).contains("belongs to").hasLineCount(1);
      }
    }
    try (PackagedProgram again = serve()) {
      assertThat(synod("read", "--endpoint", again.await(API))).contains("still here");
    }
  }

  @Test
  void endsWithWhoeverHoldsItsStandardInput() throws Exception {
    try (PackagedProgram program = serve("--exit-with-stdin")) {
      program.await(API);
      program.process().getOutputStream().close();
      assertThat(program.exit()).isEqualTo(ExitStatus.OK);
    }
  }

  @Test
  void stopsAtOnceWithAStatusOfItsOwnWhenTheDiskFails() throws Exception {
    String large = "x".repeat(600 << 10);
    Path input = Files.writeString(directory.resolve("large"), large);
    try (PackagedProgram limited = limitedTo(512)) {
      String api = limited.await(API);
      synod("propose", "--endpoint", api, "small");
      run("propose", "--endpoint", api, "--file", input.toString());
      assertStopsAtOnce(limited, "data/tail-");
    }
    try (PackagedProgram again = serve()) {
      assertThat(synod("read", "--endpoint", again.await(API))).contains("small");
    }
  }

  @Test
  void saysWhyWhenTheLogCannotBeSealed() throws Exception {
    Path input = directory.resolve("lines");
    // The limit allows a tail file even if all commands share a slot, but no segment.
    Files.write(input, Collections.nCopies(20, "x".repeat(4 << 10)));
    try (PackagedProgram limited = limitedTo(128)) {
      String api = limited.await(API);
      synod("propose", "--endpoint", api, "small");
      // Seals fail in the background, and the sidecar stops at a write that needs the failed seal.
      for (int i = 0; i < 20 && limited.process().isAlive(); i++) {
        run("propose", "--endpoint", api, "--lines", "--file", input.toString());
      }
      assertStopsAtOnce(limited, "data/segments/");
    }
    try (PackagedProgram again = serve()) {
      assertThat(synod("read", "--endpoint", again.await(API))).contains("small");
    }
  }

  /** Starts a sidecar with short tail files, which may write no longer files. */
  private PackagedProgram limitedTo(int kibibytes) throws IOException {
    // The shell counts blocks of 512 bytes.
    String limit = "ulimit -f " + 2 * kibibytes + "; exec \"$@\"";
    List<String> command = new ArrayList<>(List.of("sh", "-c", limit, "sh"));
    command.addAll(
        List.of(PackagedProgram.java(), "-XX:-UsePerfData", "-jar", "" + PackagedProgram.jar()));
    command.addAll(arguments("--storage-tail-file-bytes", "64KiB"));
    return PackagedProgram.run(directory, Map.of(), command);
  }

  private void assertStopsAtOnce(PackagedProgram program, String file) throws InterruptedException {
    assertThat(program.exit()).isEqualTo(ExitStatus.STORAGE_FAILURE);
    assertThat(program.err().lines().filter(line -> line.contains("ERROR stops")))
        .singleElement()
        .asString()
        .contains("stops at once", directory.resolve(file).toString(), "File too large");
  }

  @Test
  void leavesNothingInTheTemporaryDirectoryWhenItIsKilled() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    List<String> command =
        new ArrayList<>(
            List.of(
                PackagedProgram.java(),
                "-XX:-UsePerfData",
                "-Djava.io.tmpdir=" + temporary,
                "-jar"));
    command.add(PackagedProgram.jar().toString());
    command.addAll(arguments());
    try (PackagedProgram program = PackagedProgram.run(directory, Map.of(), command)) {
      String api = program.await(API);
      synod("propose", "--endpoint", api, "hello");
      // From here on MapDB and all libraries that it links are loaded.
      synod("snapshot", "take", "--endpoint", api);
      program.process().destroyForcibly();
      program.exit();
    }
    assertThat(temporary).isEmptyDirectory();
  }

  private PackagedProgram serve(String... more) throws IOException {
    return PackagedProgram.start(directory, Map.of(), arguments(more).toArray(String[]::new));
  }

  /** The usual arguments, which later options override. */
  private List<String> arguments(String... more) {
    List<String> arguments = new ArrayList<>(List.of("serve"));
    List<String> given = List.of(more);
    List<String> usual =
        List.of(
            "--node=1",
            "--peers=1=127.0.0.1:" + peerPort,
            "--data=" + directory.resolve("data"),
            "--api-port=0",
            "--http-port=0");
    for (String option : usual) {
      if (!given.contains(option.substring(0, option.indexOf('=')))) {
        arguments.add(option);
      }
    }
    arguments.addAll(given);
    return arguments;
  }

  /** Runs a client command in this process, which must succeed; returns its output. */
  private static String synod(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Synod.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(patient(arguments));
    assertThat(status).as("%s", err).isEqualTo(ExitStatus.OK);
    return out.toString();
  }

  private static void run(String... arguments) {
    PrintWriter sink = new PrintWriter(new StringWriter());
    assertThat(Synod.commandLine(sink, sink).execute(patient(arguments)))
        .isNotEqualTo(ExitStatus.USAGE);
  }

  private static String[] patient(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--timeout=60s");
    return all.toArray(String[]::new);
  }

  private static void awaitStatus(int status, String address, String path) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (get(address, path) != status) {
      assertThat(System.nanoTime()).as("never was it %d", status).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static int get(String address, String path) throws IOException, InterruptedException {
    return call(address, path).statusCode();
  }

  private static String read(String address, String path) throws IOException, InterruptedException {
    return call(address, path).body();
  }

  private static HttpResponse<String> call(String address, String path)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
    return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
