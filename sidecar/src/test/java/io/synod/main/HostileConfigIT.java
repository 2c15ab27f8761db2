package io.synod.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.cli.shared.ExitStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests that wrong options and configurations are refused with one line and the right exit status.
 */
class HostileConfigIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "--loud, unknown option '--loud'",
        "extra, unknown argument 'extra'",
        "--node, Expected parameter for option '--node' but found",
        "--node=0, 'must be a number of 1 or more",
        "--node=9, node 9 is neither in peers [1] nor in learners []",
        "--peers=1=localhost, must be host:port or [address]:port",
        "\"--peers=1=a:1,1=b:2\", names node 1 twice",
        "\"--peers=1=a:1,2=a:1\", nodes 1 and 2 have the same address a:1",
        "--election-timeout=1, \"must be a time like 500ms, 2s or 1m, not '1'\"",
        "--election-timeout=200ms, election.timeout must be at least 3 times heartbeat.interval",
        "--limits-command-bytes-max=1TB, must be a size like 512KiB or 1MiB",
        "--api-port=99999, must be a number from 0 to 65535",
        "--set=api.prt=1, unknown key 'api.prt'; did you mean 'api.port'?",
        "--set=api.port, \"must be KEY=VALUE, not 'api.port'\"",
        "--config=/nowhere/synod.yaml, there is no such configuration file",
        "--log-format=xml, must be text or json",
      })
  void refusesWrongOptions(String option, String complaint) {
    List<String> arguments = new ArrayList<>(List.of("serve", option));
    for (String other : List.of("--node=1", "--peers=1=localhost:9", "--data=" + data())) {
      if (!option.startsWith(other.substring(0, other.indexOf('=')))) {
        arguments.add(other);
      }
    }
    // This runs in the test's process, since starting a JVM for each would take most of the time.
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit = InProcess.run(out, err, arguments.toArray(String[]::new));
    assertOneLine(err.toString(StandardCharsets.UTF_8), complaint.replaceFirst("^'", ""));
    assertThat(out.size()).isZero();
    assertThat(exit).isEqualTo(ExitStatus.USAGE);
  }

  @Test
  void refusesUnknownKeysOfEverySourceAtOnce() throws Exception {
    Path file = Files.writeString(directory.resolve("synod.yaml"), "node: 1\npears: 1=a:1\n");
    try (PackagedProgram program =
        PackagedProgram.start(
            directory,
            Map.of("SYNOD_DAAT", "x", "SYNOD_CONFIG", file.toString()),
            "serve",
            "--set",
            "pears=1")) {
      assertThat(program.exit()).isEqualTo(ExitStatus.USAGE);
      assertThat(program.err().lines())
          .contains(
              "synod: " + file + ":2: unknown key 'pears'; did you mean 'peers'?",
              "synod: SYNOD_DAAT: unknown variable; did you mean SYNOD_DATA?",
              "synod: --set: unknown key 'pears'; did you mean 'peers'?")
          .hasSize(5);
    }
  }

  @Test
  void refusesADirectoryThatIsAFileOrHoldsWhatIsNotIts() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "precious");
    try (PackagedProgram program = serve(file, PackagedProgram.freePort())) {
      assertRefused(program, ExitStatus.STORAGE_FAILURE, "is not a directory");
    }
    Path foreign = Files.createDirectory(directory.resolve("foreign"));
    Path precious = Files.writeString(foreign.resolve("thesis.txt"), "precious");
    try (PackagedProgram program = serve(foreign, PackagedProgram.freePort())) {
      assertRefused(program, ExitStatus.STORAGE_FAILURE, "the first file is thesis.txt");
    }
    assertThat(file).hasContent("precious");
    assertThat(precious).hasContent("precious");
    assertThat(foreign.toFile().list()).containsExactly("thesis.txt");
  }

  @Test
  void refusesATakenPortNamingIt() throws Exception {
    try (ServerSocket taken =
        new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      String port = Integer.toString(taken.getLocalPort());
      String complaint = ".port: cannot listen on 127.0.0.1:" + port + ": Address already in use";
      for (String room : List.of("api", "http")) {
        try (PackagedProgram program =
            serve(data(), PackagedProgram.freePort(), "--" + room + "-port", port)) {
          assertRefused(program, ExitStatus.ERROR, room + ".address and " + room + complaint);
        }
      }
      try (PackagedProgram program = serve(data(), taken.getLocalPort())) {
        assertRefused(program, ExitStatus.ERROR, "peer.address and peer" + complaint);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"api", "http", "peer"})
  void refusesAHostThatNobodyKnowsNamingIt(String room) throws Exception {
    String unknown = "no.such.host.invalid";
    try (PackagedProgram program =
        serve(data(), PackagedProgram.freePort(), "--" + room + "-address", unknown)) {
      assertRefused(program, ExitStatus.ERROR, room + ".port: cannot listen on " + unknown + ":");
    }
  }

  @Test
  void tellsWhereEachValueComesFrom() throws Exception {
    Path file = Files.writeString(directory.resolve("s.properties"), "node=1\npeers=1=h:1\n");
    try (PackagedProgram program =
        PackagedProgram.start(
            directory,
            Map.of("SYNOD_DATA", "d", "SYNOD_CLUSTER", "blue"),
            "config",
            "check",
            "--config",
            file.toString(),
            "--priority",
            "3")) {
      assertThat(program.exit()).as(program.err()).isEqualTo(ExitStatus.OK);
      assertThat(program.out().lines().map(line -> line.replaceAll(" +", " ")))
          .contains(
              "node 1 " + file,
              "cluster blue SYNOD_CLUSTER",
              "priority 3 --priority",
              "api.port 7401 default");
    }
  }

  private PackagedProgram serve(Path data, int peerPort, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "serve", "--node", "1", "--peers", "1=127.0.0.1:" + peerPort, "--data", "" + data));
    arguments.addAll(List.of(more));
    for (String port : List.of("--api-port", "--http-port")) {
      if (!arguments.contains(port)) {
        arguments.addAll(List.of(port, "0"));
      }
    }
    return PackagedProgram.start(directory, Map.of(), arguments.toArray(String[]::new));
  }

  private Path data() {
    return directory.resolve("data");
  }

  private static void assertRefused(PackagedProgram program, int status, String complaint)
      throws InterruptedException {
    int exit = program.exit();
    assertOneLine(program.err(), complaint);
    assertThat(program.out()).isEmpty();
    assertThat(exit).isEqualTo(status);
  }

  /** Checks that the error is one line, except for the usage hint. */
  private static void assertOneLine(String err, String complaint) {
    List<String> lines = err.lines().filter(line -> !line.startsWith("Try: synod serve")).toList();
    assertThat(lines).filteredOn(line -> !line.startsWith("Possible")).hasSize(1);
    assertThat(lines.get(0))
        .startsWith("synod: ")
        .contains(complaint)
        .doesNotContain("Exception", "io.synod", "java.");
  }
}
