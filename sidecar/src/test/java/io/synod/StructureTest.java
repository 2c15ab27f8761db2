package io.synod;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.synod.paxos.value.Ballot;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The size and the shape of the code, main and tests. {@code target/structure.txt} shows them after
 * each run.
 */
class StructureTest {
  /** The largest number of types in a package. */
  private static final int TYPES_MAX = 25;

  /**
   * Packages that may be larger: {@code paxos} holds the roles of a replica, which are read in
   * order.
   */
  private static final Map<String, Integer> LARGER = Map.of("io.synod.paxos", 40);

  @TempDir private Path directory;

  private static Path classesOf(Class<?> any) throws URISyntaxException {
    return Path.of(any.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static Structure read(Class<?> any) throws URISyntaxException {
    return new Structure(new ClassFileImporter().importPath(classesOf(any)));
  }

  private static List<String> crowded(Structure structure) {
    List<String> crowded = new ArrayList<>();
    structure
        .rooms()
        .forEach(
            (room, types) -> {
              if (types.size() > LARGER.getOrDefault(room, TYPES_MAX)) {
                crowded.add(room + " has " + types.size() + " types");
              }
            });
    return crowded;
  }

  @Test
  void hasNoCrowdedRoomAndNoCircle() throws Exception {
    Structure main = read(Ballot.class);
    Structure tests = read(StructureTest.class);
    List<String> page = new ArrayList<>();
    page.add("# Main");
    page.addAll(describe(main));
    page.add("# Tests");
    page.addAll(describe(tests));
    page.add("# Files");
    page.addAll(largestFiles());
    Files.write(Path.of("target", "structure.txt"), page);

    assertThat(main.circlesOfTypes()).isEmpty();
    assertThat(main.circlesOfPackages()).isEmpty();
    assertThat(tests.circlesOfTypes()).isEmpty();
    assertThat(tests.circlesOfPackages()).isEmpty();
    assertThat(crowded(main)).isEmpty();
    assertThat(crowded(tests)).isEmpty();
  }

  @Test
  void usesNoSimpleNameTwice() throws Exception {
    Structure all =
        new Structure(
            new ClassFileImporter()
                .importPaths(classesOf(Ballot.class), classesOf(StructureTest.class)));
    assertThat(all.namesUsedTwice()).isEmpty();
    assertThat(all.nestedNamesUsedOften()).isEmpty();
  }

  @Test
  void findsWhatIsPlanted() throws IOException {
    Planting planting = new Planting(directory);
    planting.add("hall", "Egg", "class Egg { static class Yolk { Hen hen; } }");
    planting.add("hall", "Hen", "class Hen { Egg egg; }");
    planting.add("attic", "Egg", "public class Egg { Object o = new io.synod.cellar.Jar(); }");
    planting.add("cellar", "Jar", "public class Jar { io.synod.attic.Box box; }");
    planting.add("attic", "Box", "public class Box {}");
    for (String bird : List.of("Duck", "Goose", "Swan")) {
      planting.add(
          "pond",
          bird,
          "interface " + bird + " { class Nest {} class Chick implements " + bird + " {} }");
    }
    for (int i = 0; i <= TYPES_MAX; i++) {
      planting.add("shed", "Tool" + i, "class Tool" + i + " {}");
    }
    Structure planted = new Structure(planting.compile());
    assertThat(planted.namesUsedTwice()).containsExactly("Egg");
    assertThat(planted.nestedNamesUsedOften()).containsOnlyKeys("Nest");
    assertThat(planted.circlesOfTypes())
        .containsExactly(List.of("io.synod.hall.Egg", "io.synod.hall.Hen"));
    assertThat(planted.circlesOfPackages())
        .containsExactly(List.of("io.synod.attic", "io.synod.cellar"));
    assertThat(crowded(planted)).containsExactly("io.synod.shed has 26 types");
  }

  private static List<String> describe(Structure structure) {
    List<String> lines = new ArrayList<>();
    Map<String, Set<String>> doors = structure.doors();
    structure
        .rooms()
        .forEach(
            (room, types) ->
                lines.add(
                    String.format(
                        "%-28s %3d types; uses %s",
                        shorter(room),
                        types.size(),
                        String.join(
                            ", ",
                            doors.getOrDefault(room, Set.of()).stream()
                                .map(StructureTest::shorter)
                                .toList()))));
    lines.add("packages: " + structure.rooms().size());
    lines.add("arrows between them: " + doors.values().stream().mapToInt(Set::size).sum());
    lines.add("circles of types: " + structure.circlesOfTypes().size());
    lines.add("circles of packages: " + structure.circlesOfPackages().size());
    return lines;
  }

  private static String shorter(String room) {
    return room.equals("io.synod") ? "." : room.substring("io.synod.".length());
  }

  private static List<String> largestFiles() throws IOException {
    List<Path> files = new ArrayList<>(Sources.below(Path.of("src/main/java")));
    files.addAll(Sources.below(Path.of("src/test/java")));
    List<String> lines = new ArrayList<>();
    for (Path file : files) {
      lines.add(String.format("%4d lines %s", Files.readAllLines(file).size(), file));
    }
    lines.sort(Comparator.reverseOrder());
    return lines.subList(0, 5);
  }
}
