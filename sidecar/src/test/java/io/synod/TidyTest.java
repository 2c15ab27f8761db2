package io.synod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the sizes of classes and methods. There are no exceptions. */
class TidyTest {
  private static final List<String> ROOTS =
      List.of("src/main/java", "src/test/java", "../sdk/java/src/main/java");

  @TempDir private Path planted;

  @Test
  void keepsEverySourceSmall() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String root : ROOTS) {
      if (Files.isDirectory(Path.of(root))) {
        files.addAll(Sources.below(Path.of(root)));
      }
    }
    assertThat(files).anyMatch(file -> file.endsWith("TidyTest.java"));
    assertThat(files).anyMatch(file -> file.endsWith("Message.java"));
    assertThat(Sources.oversized(files)).isEmpty();
  }

  @Test
  void findsNothingAtTheBounds() throws IOException {
    plant("Fits", "  void five(int a, int b, int c, int d, int e) {\n" + "\n".repeat(58) + "  }\n");
    plant("Wide", "  // " + "x".repeat(95) + "\n");
    plant("Long", "\n".repeat(348));
    plant("Header", "  record R(int a, int b, int c, int d, int e, int f) { R { } }\n");
    assertThat(Sources.oversized(Sources.below(planted))).isEmpty();
  }

  @Test
  void findsEachThingThatIsTooLarge() throws IOException {
    plant("Wide", "  // " + "x".repeat(96) + "\n");
    plant("Long", "\n".repeat(349));
    plant("Method", "  void grown() {\n" + "\n".repeat(59) + "  }\n");
    plant("Start", "  static {\n" + "\n".repeat(59) + "  }\n");
    plant("Nested", "  class In { In(int a, int b, int c, int d, int e, int f) {} }\n");
    plant(
        "Local",
        "  Object o = new Object() { void m(int a, int b, int c, int d, int e, int f) {} };\n");
    assertThat(Sources.oversized(Sources.below(planted)))
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).endsWith("Wide.java:2 has 101 columns"),
            line -> assertThat(line).endsWith("Long.java has 351 lines"),
            line -> assertThat(line).endsWith("Method.java:2 grown has 61 lines"),
            line -> assertThat(line).endsWith("Start.java:2 an initializer has 61 lines"),
            line -> assertThat(line).endsWith("Nested.java:2 <init> has 6 parameters"),
            line -> assertThat(line).endsWith("Local.java:2 m has 6 parameters"));
  }

  private void plant(String name, String body) throws IOException {
    Files.writeString(planted.resolve(name + ".java"), "class " + name + " {\n" + body + "}\n");
  }
}
