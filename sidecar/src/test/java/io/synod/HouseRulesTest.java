package io.synod;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.synod.paxos.value.Ballot;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the dependency rules between packages, and that each rule finds a planted violation. */
class HouseRulesTest {
  /** The planted violations: rule, package, body of {@code class Planted<n>}. */
  private static final List<List<String>> PLANTED =
      List.of(
          List.of("rooms", "attic", ""),
          List.of("paxos", "paxos", "io.synod.state.command.Entry entry;"),
          List.of("paxos", "paxos", "org.slf4j.Logger log;"),
          List.of("paxos", "paxos", "java.time.Duration wait;"),
          List.of("state", "state", "io.synod.paxos.value.Ballot ballot;"),
          List.of("text", "text", "io.synod.config.Address address;"),
          List.of("text", "text", "org.slf4j.Logger log;"),
          List.of("no clock, no chance", "text", "Object now = java.time.Instant.now();"),
          List.of("config", "config", "io.synod.paxos.Settings settings;"),
          List.of("runtime", "runtime", "Object o = new io.synod.storage.Planted();"),
          List.of("storage", "storage", "Object o = new io.synod.transport.Planted();"),
          List.of("storage", "storage", "io.synod.peer.v1.Frame frame;"),
          List.of("transport", "transport", "Object o = new io.synod.storage.Planted();"),
          List.of("transport", "transport", "io.synod.state.command.Entry entry;"),
          List.of("api", "api", "Object o = new io.synod.metrics.Planted();"),
          List.of("api", "api", "io.synod.peer.v1.Frame frame;"),
          List.of("doors of api", "api.kv", "Object o = new io.synod.api.lock.Planted();"),
          List.of("doors of api", "api.lock", "Object o = new io.synod.api.server.Planted();"),
          List.of("doors of api", "api.call", "Object o = new io.synod.api.lock.Planted();"),
          List.of(
              "doors of runtime",
              "runtime.port",
              "Object o = new io.synod.runtime.read.Planted();"),
          List.of(
              "doors of runtime",
              "runtime.turn",
              "Object o = new io.synod.runtime.read.Planted();"),
          List.of(
              "doors of runtime",
              "runtime.node",
              "Object o = new io.synod.runtime.hold.Planted();"),
          List.of(
              "stairs of storage",
              "storage.disk",
              "Object o = new io.synod.storage.journal.Planted();"),
          List.of(
              "stairs of storage",
              "storage.sealed",
              "Object o = new io.synod.storage.directory.Planted();"),
          List.of(
              "stairs of storage",
              "storage.directory",
              "Object o = new io.synod.storage.offline.Planted();"),
          List.of("stairs of state", "state.result", "Object o = new io.synod.state.Planted();"),
          List.of("stairs of state", "state", "Object o = new io.synod.state.apply.Planted();"),
          List.of("stairs of paxos", "paxos.value", "Object o = new io.synod.paxos.Planted();"),
          List.of("stairs of bench", "bench.load", "Object o = new io.synod.bench.Planted();"),
          List.of("stairs of bench", "bench.compare", "Object o = new io.synod.bench.Planted();"),
          List.of("metrics", "metrics", "Object o = new io.synod.api.Planted();"),
          List.of("metrics", "metrics", "Object o = new io.synod.main.Planted();"),
          List.of("net", "net", "Object o = new io.synod.transport.Planted();"),
          List.of("cli", "cli.kv", "Object o = new io.synod.api.Planted();"),
          List.of("cli", "cli.kv", "io.synod.config.Address address;"),
          List.of("bench", "bench", "Object o = new io.synod.cli.kv.Planted();"),
          List.of("dev", "dev", "Object o = new io.synod.transport.Planted();"),
          List.of("offline", "offline", "Object o = new io.synod.api.Planted();"),
          List.of("offline", "offline", "Object o = new io.synod.cli.kv.Planted();"),
          List.of("backup", "backup", "Object o = new io.synod.api.Planted();"),
          List.of("wire", "metrics", "io.grpc.Status status;"),
          List.of("wire", "storage", "com.google.protobuf.ByteString bytes;"),
          List.of("mapdb", "main", "org.mapdb.DB db;"),
          List.of("no I/O", "config", "java.util.concurrent.Future<?> later;"),
          List.of("no I/O", "config", "java.net.InetAddress address;"),
          List.of("no files", "paxos", "java.io.File file;"),
          List.of("no files", "state", "java.nio.file.Path path;"),
          List.of("no clock, no chance", "paxos", "long now = System.nanoTime();"),
          List.of("no clock, no chance", "state", "long now = System.currentTimeMillis();"),
          List.of("no clock, no chance", "paxos", "double luck = Math.random();"),
          List.of("no clock, no chance", "paxos", "Object luck = new java.util.Random();"),
          List.of("no clock, no chance", "config", "Object now = java.time.Instant.now();"),
          List.of("no clock, no chance", "runtime.hold", "long now = System.nanoTime();"),
          List.of("no threads", "state", "Thread thread;"),
          List.of("no threads", "runtime.hold", "Thread thread;"),
          List.of("names", "api", "class AnswerHelper {}"));

  /** Classes that the planted ones refer to, and two cycles: one through a nested class. */
  private static final Map<String, String> FURNITURE =
      Map.ofEntries(
          Map.entry("storage.Planted", "public class Planted {}"),
          Map.entry("storage.journal.Planted", "public class Planted {}"),
          Map.entry("storage.directory.Planted", "public class Planted {}"),
          Map.entry("storage.offline.Planted", "public class Planted {}"),
          Map.entry("state.Planted", "public class Planted {}"),
          Map.entry("state.apply.Planted", "public class Planted {}"),
          Map.entry("paxos.Planted", "public class Planted {}"),
          Map.entry("bench.Planted", "public class Planted {}"),
          Map.entry("transport.Planted", "public class Planted {}"),
          Map.entry("api.Planted", "public class Planted {}"),
          Map.entry("api.lock.Planted", "public class Planted {}"),
          Map.entry("cli.kv.Planted", "public class Planted {}"),
          Map.entry("runtime.read.Planted", "public class Planted {}"),
          Map.entry("runtime.hold.Planted", "public class Planted {}"),
          Map.entry("api.server.Planted", "public class Planted {}"),
          Map.entry("metrics.Planted", "public class Planted {}"),
          Map.entry("main.Planted", "public class Planted {}"),
          Map.entry("paxos.Egg", "class Egg { static class Yolk { Hen hen; } }"),
          Map.entry("paxos.Hen", "class Hen { Egg egg; }"),
          Map.entry("state.Egg", "class Egg { Hen hen; }"),
          Map.entry("state.Hen", "class Hen { Object egg = new Egg(); }"));

  /** Packages in which a cycle of two classes is planted. */
  private static final List<String> ROOMS_OF_RUNTIME =
      Stream.of("port", "node", "turn", "propose", "read", "hold", "upkeep", "snapshot", "engine")
          .map(room -> "runtime." + room)
          .toList();

  @TempDir private Path directory;

  @Test
  void holdsForTheHouse() throws URISyntaxException {
    Path classes =
        Path.of(Ballot.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    JavaClasses house = new ClassFileImporter().importPath(classes);
    assertThat(house.contain(Ballot.class)).isTrue();
    List<String> broken = new ArrayList<>();
    House.rules().values().forEach(rule -> broken.addAll(violations(rule, house)));
    assertThat(broken).isEmpty();
  }

  @Test
  void findsEachPlantedViolation() throws IOException {
    JavaClasses planted = plant();
    Map<String, ArchRule> rules = House.rules();
    for (int i = 0; i < PLANTED.size(); i++) {
      String type = "io.synod." + PLANTED.get(i).get(1) + ".Planted" + i;
      assertThat(violations(rule(rules, PLANTED.get(i).get(0)), planted))
          .as("%s", PLANTED.get(i))
          .anyMatch(line -> line.contains(type));
    }
    for (String room : List.of("paxos", "state")) {
      assertThat(violations(rule(rules, room + " cycles"), planted))
          .singleElement()
          .asString()
          .contains("io.synod." + room + ".Egg", "io.synod." + room + ".Hen");
    }
    for (String room : ROOMS_OF_RUNTIME) {
      assertThat(violations(rule(rules, "runtime cycles"), planted))
          .anyMatch(line -> line.contains("io.synod." + room + ".Egg"));
    }
  }

  @Test
  void findsACircleOfPackages() throws IOException {
    assertThat(violations(rule(House.rules(), "package cycles"), plant()))
        .anyMatch(line -> line.contains("io.synod.api") && line.contains("io.synod.metrics"));
  }

  @Test
  void hasAPlantedViolationForEveryRule() {
    TreeSet<String> bitten =
        new TreeSet<>(List.of("package cycles", "paxos cycles", "state cycles", "runtime cycles"));
    PLANTED.forEach(planted -> bitten.add(planted.get(0)));
    assertThat(bitten).isEqualTo(new TreeSet<>(House.rules().keySet()));
  }

  private static ArchRule rule(Map<String, ArchRule> rules, String name) {
    return Objects.requireNonNull(rules.get(name), name);
  }

  private static List<String> violations(ArchRule rule, JavaClasses classes) {
    return rule.evaluate(classes).getFailureReport().getDetails();
  }

  private JavaClasses plant() throws IOException {
    Map<String, String> sources = new TreeMap<>(FURNITURE);
    for (String room : ROOMS_OF_RUNTIME) {
      sources.put(room + ".Egg", "class Egg { Hen hen; }");
      sources.put(room + ".Hen", "class Hen { Object egg = new Egg(); }");
    }
    for (int i = 0; i < PLANTED.size(); i++) {
      String body = PLANTED.get(i).get(2);
      sources.put(
          PLANTED.get(i).get(1) + ".Planted" + i, "class Planted" + i + " { " + body + " }");
    }
    Planting planting = new Planting(directory);
    for (Map.Entry<String, String> source : sources.entrySet()) {
      int dot = source.getKey().lastIndexOf('.');
      planting.add(
          source.getKey().substring(0, dot), source.getKey().substring(dot + 1), source.getValue());
    }
    return planting.compile();
  }
}
