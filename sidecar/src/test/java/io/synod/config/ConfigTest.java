package io.synod.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How file, environment and options become one record, and what is refused. */
class ConfigTest {
  private static final String PEERS = "1=127.0.0.1:7402,2=127.0.0.1:7412,3=127.0.0.1:7422";

  @TempDir private Path directory;

  @Test
  void readsTheLeastThatASidecarNeeds() throws ConfigException {
    Config config = ConfigReader.read(flags("node", "2", "peers", PEERS, "data", "d"));
    assertThat(config.node()).isEqualTo(2);
    assertThat(config.voters()).hasSize(3).containsEntry(3, new Address("127.0.0.1", 7422));
    assertThat(config.learners()).isEmpty();
    assertThat(config.api()).hasToString("127.0.0.1:7401");
    assertThat(config.peer()).hasToString("127.0.0.1:7412");
    assertThat(config.http()).hasToString("127.0.0.1:7403");
    assertThat(config.times().election()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.limits().commandBytesMax()).isEqualTo(1 << 20);
    assertThat(config.logFormat()).isEqualTo(LogFormat.TEXT);
  }

  @Test
  void refusesAStateThatNoSnapshotCanHold() throws ConfigException {
    String quota = "quota.stateBytesMax";
    ConfigLayers most = flags("node", "2", "peers", PEERS, "data", "d", quota, "1536MiB");
    assertThat(ConfigReader.read(most).keeping().stateBytesMax()).isEqualTo(1536L << 20);
    ConfigLayers more = flags("node", "2", "peers", PEERS, "data", "d", quota, "2GiB");
    assertThat(problems(more)).singleElement().asString().contains(quota).contains("1536MiB");
  }

  @Test
  void listensForPeersEverywhereOnceTheyCallFromElsewhere() throws ConfigException {
    ConfigLayers layers =
        flags("node", "synod-1", "peers", "1=synod-0.synod:7402,2=synod-1.synod:7402", "data", "d");
    Config config = ConfigReader.read(layers);
    assertThat(config.node()).isEqualTo(2);
    assertThat(config.peer()).isEqualTo(new Address("*", 7402));
  }

  @Test
  void readsAddressesOfBothFamilies() throws ConfigException {
    ConfigLayers layers =
        flags(
            "node",
            "1",
            "peers",
            "1=[::1]:7402,2=[fe80::1%eth0]:7402,3=host_a.example:1",
            "data",
            "d",
            "api.address",
            "::1",
            "http.address",
            "[::]");
    Config config = ConfigReader.read(layers);
    assertThat(config.voters().values())
        .extracting(Address::toString)
        .containsExactly("[::1]:7402", "[fe80::1%eth0]:7402", "host_a.example:1");
    assertThat(config.api()).hasToString("[::1]:7401");
    assertThat(config.peer()).hasToString("[::1]:7402");
    assertThat(config.http().host()).isEqualTo("::");
  }

  @Test
  void prefersOptionsToEnvironmentToFileToDefault() throws Exception {
    ConfigLayers layers = new ConfigLayers();
    ConfigFile.addTo(
        layers,
        file("synod.yaml", "node: 1\ncluster: a\npeers: " + PEERS + "\ndata: x\npriority: 7\n"));
    EnvironmentVariables.addTo(
        layers, Map.of("SYNOD_NODE", "2", "SYNOD_CLUSTER", "b", "HOME", "/"));
    layers.add(List.of(new RawValue("node", "3", "--node")));
    Config config = ConfigReader.read(layers);
    assertThat(config.node()).isEqualTo(3);
    assertThat(config.cluster()).isEqualTo("b");
    assertThat(config.priority()).isEqualTo(7);
    assertThat(where(layers, ConfigKeys.NODE)).isEqualTo("--node");
    assertThat(where(layers, ConfigKeys.CLUSTER)).isEqualTo("SYNOD_CLUSTER");
    assertThat(where(layers, ConfigKeys.PRIORITY)).endsWith("synod.yaml:5");
    assertThat(where(layers, ConfigKeys.API_PORT)).isEqualTo("default");
  }

  @Test
  void readsTheSameFromYamlInAllItsFormsAndFromProperties() throws Exception {
    List<Path> files =
        List.of(
            file("a.yaml", "node: 1\npeers: '" + PEERS + "'\ndata: d\nlimits.pendingMax: 9\n"),
            file(
                "b.yml",
                """
                node: 1
                peers: {1: '127.0.0.1:7402', 2: 127.0.0.1:7412, 3: 127.0.0.1:7422}
                data: d
                limits: {pendingMax: 9}
                """),
            file(
                "c.yaml",
                """
                node: 1
                data: d
                peers:
                  - 1=127.0.0.1:7402
                  - 2=127.0.0.1:7412
                  - 3=127.0.0.1:7422
                limits:
                  pendingMax: 9
                """),
            file(
                "d.properties",
                "# text\nnode=1\npeers = " + PEERS + "\ndata=d \nlimits.pendingMax: 9\n"));
    List<Config> read = new ArrayList<>();
    for (Path path : files) {
      ConfigLayers layers = new ConfigLayers();
      ConfigFile.addTo(layers, path);
      read.add(ConfigReader.read(layers));
    }
    assertThat(read).hasSize(4).containsOnly(read.get(0));
    assertThat(read.get(0).limits().pendingMax()).isEqualTo(9);
  }

  @ParameterizedTest
  @CsvSource({
    "'node: 1\nelection.timeot: 1s\n', synod.yaml:2: unknown key 'election.timeot'; did you mean"
        + " 'election.timeout'?",
    "'limits:\n  commandbytesmax: 1KiB\n', synod.yaml:2: unknown key 'limits.commandbytesmax'; did"
        + " you mean 'limits.commandBytesMax'?",
    "'zzzzzz: 1\n', synod.yaml:1: unknown key 'zzzzzz'; see: synod config keys",
    "'node: 1\nnode: 2\n', 'synod.yaml:2: node is given twice, also by '",
    "'node: [1, [2]]\n', synod.yaml:1: node must be one value",
    "'- 1\n', synod.yaml: must hold keys and values",
    "'node: \"1\n', synod.yaml:2: is not YAML",
    "'peers: &a [1]\ndata: *b\n', synod.yaml:2: is not YAML",
  })
  void namesFileLineAndNearestKey(String text, String problem) throws IOException {
    ConfigLayers layers = new ConfigLayers();
    ConfigFile.addTo(layers, file("synod.yaml", text));
    assertThat(problems(layers)).anyMatch(line -> line.contains(problem));
  }

  @Test
  void refusesAFileItCannotReadInOneLine() throws IOException {
    Path binary = directory.resolve("b.yaml");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    List<Path> files =
        List.of(
            directory.resolve("none.yaml"),
            Files.createDirectory(directory.resolve("dir.yaml")),
            binary,
            file("synod.toml", "node = 1"),
            file("big.yaml", "#".repeat(2 << 20)),
            file("twice.properties", "node=1\nnode=2\n"),
            file("bad.properties", "node=\\uZZZZ"));
    for (Path path : files) {
      ConfigLayers layers = new ConfigLayers();
      ConfigFile.addTo(layers, path);
      assertThat(problems(layers).stream().filter(line -> line.startsWith(path.toString())))
          .as("%s", path)
          .hasSize(1);
    }
  }

  @Test
  void refusesUnknownVariablesButNotThoseOfOthers() {
    ConfigLayers layers = new ConfigLayers();
    EnvironmentVariables.addTo(
        layers,
        Map.of(
            "SYNOD_ELECTION_TIMOUT", "1s",
            "SYNOD_ENDPOINT", "x",
            "SYNOD_SERVICE_HOST", "10.0.0.1",
            "SYNOD_API_PORT", "tcp://10.0.0.1:7401",
            "SYNOD_PORT_7402_TCP_ADDR", "10.0.0.1",
            "SYNOD_METRICS_SERVICE_PORT_HTTP", "7403",
            "NOT_SYNOD", "x"));
    assertThat(problems(layers))
        .filteredOn(line -> line.startsWith("SYNOD"))
        .containsExactly(
            "SYNOD_ELECTION_TIMOUT: unknown variable; did you mean SYNOD_ELECTION_TIMEOUT?");
    assertThat(where(layers, ConfigKeys.API_PORT)).isEqualTo("default");
  }

  @ParameterizedTest
  @CsvSource({
    "node, 0, 'must be a number of 1 or more, or a pod name like synod-0, not ''0'''",
    "node, x, must be a number",
    "node, 4, 'node 4 is neither in peers [1, 2, 3] nor in learners []'",
    "election.timeout, 1, 'must be a time like 500ms, 2s or 1m, not ''1'''",
    "election.timeout, 250ms, election.timeout must be at least 3 times heartbeat.interval",
    "election.timeout, 2h, must be a time from 50ms to 60s",
    "drain.timeout, 999999999h, must be a time from 0s to 10m",
    "limits.commandBytesMax, 1MB, 'must be a size like 512KiB or 1MiB, not ''1MB'''",
    "limits.commandBytesMax, 1GiB, must be a size from 1B to 16MiB",
    "limits.pendingBytesMax, 2KiB, limits.commandBytesMax must not be above limits.pendingBytesMax",
    "batch.bytesMax, 999999999999GiB, must be a size from",
    "api.port, 65536, 'must be a number from 0 to 65535, not ''65536'''",
    "api.port, 7403, api.port and http.port are both 7403",
    "peer.port, 0, must be a number from 1 to 65535",
    "api.address, not a host, must be a host name or an IP address",
    "learners, '3=127.0.0.1:9', node 3 is in both peers and learners",
    "learners, '4=127.0.0.1:7402', nodes 1 and 4 have the same address 127.0.0.1:7402",
    "learners, '4=[::1:7402', 'must be host:port or [address]:port'",
    "learners, '4=h:0', 'must be host:port or [address]:port'",
    "learners, '4=h:1,4=i:1', names node 4 twice",
    "learners, h:1, 'must be a list like 1=host:port,2=host:port'",
    "cluster, a b, must be a name of letters",
    "log.format, xml, 'must be text or json, not ''xml'''",
    "no.such.key, 1, --set: unknown key 'no.such.key'",
  })
  void saysWhatIsWrongWithAValue(String key, String value, String problem) {
    Map<String, String> given = new HashMap<>(Map.of("node", "1", "peers", PEERS, "data", "d"));
    given.put(key, value);
    ConfigLayers layers = new ConfigLayers();
    layers.add(
        given.entrySet().stream()
            .map(e -> new RawValue(e.getKey(), e.getValue(), "--set"))
            .toList());
    assertThat(problems(layers)).singleElement().asString().contains(problem);
  }

  @Test
  void refusesToListenOnLoopbackOnceOthersCallFromElsewhere() {
    ConfigLayers layers =
        flags("node", "1", "peers", "1=a:7402,2=b:7402", "data", "d", "peer.address", "127.0.0.1");
    assertThat(problems(layers))
        .containsExactly(
            "peer.address 127.0.0.1 is a loopback address, but peers reach node 1 at a:7402");
  }

  @Test
  void tellsEveryProblemAtOnce() {
    ConfigLayers layers = flags("node", "no", "api.port", "x", "log.level", "loud");
    assertThat(problems(layers))
        .hasSize(5)
        .allMatch(line -> line.lines().count() == 1)
        .anyMatch(line -> line.startsWith("peers is missing; give --peers, SYNOD_PEERS"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"peers", "", "1=", "=h:1", "1=h:70000", "1=h:1;2=h:2", "1=::1:7402"})
  void refusesMalformedPeers(String peers) {
    assertThat(problems(flags("node", "1", "peers", peers, "data", "d"))).isNotEmpty();
  }

  @Test
  void namesEveryKeyForEverySourceAndReadsItsDefault() {
    for (ConfigKey<?> key : ConfigKeys.all()) {
      assertThat(key.env()).matches("SYNOD_[A-Z]+(_[A-Z]+)*");
      assertThat(key.flag()).matches("--[a-z]+(-[a-z]+)*");
      if (key.fallback() != null && !key.fallback().equals("auto")) {
        key.valueType().read(key.fallback());
      }
    }
    assertThat(ConfigKeys.all()).extracting(ConfigKey::env).doesNotHaveDuplicates();
    assertThat(ConfigKeys.COMMAND_BYTES_MAX.env()).isEqualTo("SYNOD_LIMITS_COMMAND_BYTES_MAX");
    assertThat(ConfigKeys.COMMAND_BYTES_MAX.flag()).isEqualTo("--limits-command-bytes-max");
  }

  private static ConfigLayers flags(String... pairs) {
    List<RawValue> given = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      given.add(new RawValue(pairs[i], pairs[i + 1], "--set"));
    }
    ConfigLayers layers = new ConfigLayers();
    layers.add(given);
    return layers;
  }

  private static List<String> problems(ConfigLayers layers) {
    return catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(layers)).problems();
  }

  private static String where(ConfigLayers layers, ConfigKey<?> key) {
    RawValue rawValue = layers.given(key);
    return rawValue == null ? "nowhere" : rawValue.where();
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text, StandardCharsets.UTF_8);
  }
}
