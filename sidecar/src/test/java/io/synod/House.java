package io.synod;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/** The dependency rules between packages, checked on compiled classes, by name. */
final class House {
  private static final String ROOT = "io.synod.";
  private static final List<String> ROOMS =
      List.of(
          "paxos",
          "state",
          "text",
          "config",
          "net",
          "runtime",
          "storage",
          "transport",
          "api",
          "metrics",
          "cli",
          "bench",
          "dev",
          "offline",
          "backup",
          "main");
  private static final String[] CLIENT = {
    "io.synod.v1..",
    "picocli..",
    "com.google.gson..",
    "com.google.common..",
    "com.google.errorprone.annotations.."
  };
  private static final String[] WIRE = {"io.grpc..", "com.google.protobuf..", "com.google.rpc.."};
  private static final String[] JDK = {"java..", "javax..", "org.jspecify..", "org.slf4j.."};
  private static final String[] PURE = {"java.lang..", "java.util..", "org.jspecify.."};
  private static final Set<String> CLOCK_AND_CHANCE =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.lang.Math.random",
          "java.lang.StrictMath.random",
          "java.lang.System.identityHashCode",
          "java.util.UUID.randomUUID");

  private House() {}

  /** All rules by their names. */
  static Map<String, ArchRule> rules() {
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    rules.put("rooms", classes().should().resideInAnyPackage(rooms(ROOMS)));
    rules.put("paxos", room("paxos", PURE, List.of()));
    rules.put("state", room("state", with(PURE, "org.pcollections.."), List.of()));
    rules.put("text", room("text", with(PURE, "java.time.."), List.of()));
    rules.put("config", room("config", with(JDK, "org.snakeyaml.."), List.of("text")));
    rules.put("runtime", room("runtime", JDK, List.of("paxos", "state")));
    rules.put(
        "storage",
        room("storage", with(JDK, "org.mapdb..", "kotlin.."), List.of("runtime", "paxos")));
    rules.put(
        "transport",
        room(
            "transport",
            with(JDK, with(WIRE, "io.synod.peer..")),
            List.of("runtime", "paxos", "net")));
    rules.put("net", room("net", with(JDK, WIRE), List.of()));
    addCommands(rules);
    rules.put(
        "api",
        room("api", with(JDK, with(WIRE, "io.synod.v1..")), List.of("runtime", "paxos", "state")));
    rules.put(
        "metrics",
        room(
            "metrics",
            with(JDK, "io.prometheus..", "com.google.gson..", "com.sun.management.."),
            List.of("runtime", "paxos")));
    rules.put(
        "wire",
        only(WIRE, "net", "transport", "api", "cli", "bench", "dev", "offline", "backup", "main"));
    rules.put("mapdb", only(new String[] {"org.mapdb.."}, "storage"));
    addDoors(rules);
    rules.put("package cycles", withoutPackageCycles());
    rules.put("paxos cycles", withoutCycles("paxos"));
    rules.put("state cycles", withoutCycles("state"));
    rules.put("runtime cycles", withoutCycles("runtime"));
    rules.put("no I/O", withoutOutside());
    rules.put("no files", withoutFiles());
    rules.put("no clock, no chance", withoutClockAndChance());
    rules.put("no threads", withoutThreads());
    rules.put("names", plainNames());
    rules.replaceAll((name, rule) -> rule.allowEmptyShould(true));
    return rules;
  }

  /** Adds the rules of the packages of commands. */
  private static void addCommands(Map<String, ArchRule> rules) {
    rules.put("cli", room("cli", with(JDK, with(WIRE, CLIENT)), List.of("net", "text")));
    rules.put(
        "bench",
        room(
            "bench",
            with(
                JDK,
                with(
                    WIRE,
                    with(
                        CLIENT,
                        "org.HdrHistogram..",
                        "com.sun.management..",
                        "javax.management.."))),
            List.of("cli.shared")));
    rules.put("dev", room("dev", with(JDK, with(WIRE, CLIENT)), List.of("cli.shared")));
    List<String> disks =
        List.of("storage", "runtime.port", "runtime.snapshot", "state", "paxos", "cli.shared");
    rules.put(
        "offline",
        room(
            "offline",
            with(JDK, "picocli..", "com.google.gson..", "com.google.protobuf.."),
            disks));
    List<String> below = Stream.concat(disks.stream(), Stream.of("runtime.backup")).toList();
    rules.put("backup", room("backup", with(JDK, with(WIRE, CLIENT)), below));
  }

  /** Adds the rules between the packages of one layer. */
  private static void addDoors(Map<String, ArchRule> rules) {
    rules.put("doors of api", apiDoors());
    rules.put("doors of runtime", runtimeDoors());
    rules.put(
        "stairs of storage", stairs("storage", "disk", "tail", "sealed", "journal", "directory"));
    rules.put("stairs of state", stairs("state", "encoding", "command", "result", ""));
    rules.put("stairs of paxos", stairs("paxos", "value"));
    rules.put("stairs of bench", stairs("bench", "load", "cluster", "compare", "failover"));
  }

  private static ArchRule room(String room, String[] libraries, List<String> rooms) {
    return classes()
        .that()
        .resideInAPackage(ROOT + room + "..")
        .should()
        .onlyDependOnClassesThat(
            JavaClass.Predicates.resideInAnyPackage(
                    with(libraries, with(rooms(rooms), ROOT + room + "..")))
                .or(DescribedPredicate.describe("primitives", House::isPrimitive))
                .or(JavaClass.Predicates.type(java.nio.ByteOrder.class))
                .or(JavaClass.Predicates.type(java.nio.charset.Charset.class))
                .or(JavaClass.Predicates.type(java.nio.charset.StandardCharsets.class)));
  }

  private static boolean isPrimitive(JavaClass type) {
    return type.getBaseComponentType().isPrimitive();
  }

  private static ArchRule only(String[] libraries, String... rooms) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(rooms(List.of(rooms)))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries);
  }

  /** Every service may use the common packages, and no other service; the server uses all. */
  private static ArchRule apiDoors() {
    return slices()
        .matching(ROOT + "api.(*)..")
        .should()
        .notDependOnEachOther()
        .ignoreDependency(
            DescribedPredicate.alwaysTrue(),
            JavaClass.Predicates.resideInAPackage(ROOT + "api.call.."))
        .ignoreDependency(
            JavaClass.Predicates.resideInAPackage(ROOT + "api.server.."),
            DescribedPredicate.alwaysTrue());
  }

  /**
   * The ports, the interfaces of a node and the hooks of a turn depend on no part of the runtime.
   */
  private static ArchRule runtimeDoors() {
    return noClasses()
        .that()
        .resideInAnyPackage(rooms(List.of("runtime.port", "runtime.node", "runtime.turn")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            rooms(
                List.of(
                    "runtime.propose",
                    "runtime.read",
                    "runtime.hold",
                    "runtime.upkeep",
                    "runtime.snapshot",
                    "runtime.engine")));
  }

  /** Each of these packages may use those before it, and no other below this one. */
  private static ArchRule stairs(String room, String... steps) {
    List<String> below = new ArrayList<>();
    CompositeArchRule rule = null;
    for (String step : steps) {
      String name = step.isEmpty() ? ROOT + room : ROOT + room + "." + step;
      below.add(name);
      ArchRule one =
          noClasses()
              .that()
              .resideInAPackage(name)
              .should()
              .dependOnClassesThat(
                  JavaClass.Predicates.resideInAPackage(ROOT + room + "..")
                      .and(
                          JavaClass.Predicates.resideOutsideOfPackages(
                              below.toArray(String[]::new))))
              .allowEmptyShould(true);
      rule = rule == null ? CompositeArchRule.of(one) : rule.and(one);
    }
    return Objects.requireNonNull(rule);
  }

  private static ArchRule withoutPackageCycles() {
    return slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
              }

              @Override
              public String getDescription() {
                return "packages";
              }
            })
        .should()
        .beFreeOfCycles();
  }

  /**
   * No cycles within and between the packages below. A nested class counts as its outermost class.
   */
  private static ArchRule withoutCycles(String room) {
    return slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return (type.getPackageName() + ".").startsWith(ROOT + room + ".")
                    ? SliceIdentifier.of(type.getName().split("[$]", 2)[0])
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "top-level classes of " + room;
              }
            })
        .should()
        .beFreeOfCycles();
  }

  private static ArchRule withoutOutside() {
    return noClasses()
        .that()
        .resideInAnyPackage(rooms(List.of("paxos", "state", "config", "text")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "java.util.concurrent..", "java.nio.channels..");
  }

  private static ArchRule withoutFiles() {
    return noClasses()
        .that()
        .resideInAnyPackage(rooms(List.of("paxos", "state", "text")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.nio.file..", "java.util.logging..");
  }

  private static ArchRule withoutClockAndChance() {
    DescribedPredicate<JavaAccess<?>> outside =
        describe("the clock or chance", access -> isClockOrChance(access.getTarget()));
    DescribedPredicate<JavaConstructorCall> unseeded =
        describe(
            "an unseeded Random",
            call ->
                call.getTargetOwner().isEquivalentTo(Random.class)
                    && call.getTarget().getRawParameterTypes().isEmpty());
    return noClasses()
        .that()
        .resideInAnyPackage(rooms(List.of("paxos", "state", "config", "text", "runtime.hold")))
        .should()
        .accessTargetWhere(outside)
        .orShould()
        .callConstructorWhere(unseeded);
  }

  private static boolean isClockOrChance(AccessTarget target) {
    String name = target.getOwner().getName() + "." + target.getName();
    boolean now = target.getOwner().getPackageName().equals("java.time");
    return CLOCK_AND_CHANCE.contains(name) || (now && target.getName().equals("now"));
  }

  private static ArchRule withoutThreads() {
    return noClasses()
        .that()
        .resideInAnyPackage(rooms(List.of("paxos", "state", "config", "text", "runtime.hold")))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(
            Thread.class, ThreadLocal.class, Runtime.class, Process.class, java.util.Timer.class);
  }

  private static ArchRule plainNames() {
    return noClasses().should().haveNameMatching(".*(Impl|Manager|Helper|Util|Utils|Base)([$].*)?");
  }

  private static String[] rooms(List<String> rooms) {
    return rooms.stream().map(room -> ROOT + room + "..").toArray(String[]::new);
  }

  private static String[] with(String[] some, String... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }
}
