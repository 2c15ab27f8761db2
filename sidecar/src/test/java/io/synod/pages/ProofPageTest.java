package io.synod.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.processes.ChildProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that the page of tests defines every number that the code cites, and names what exists. */
class ProofPageTest {
  private static final int INVARIANTS = 27;
  private static final int PITFALLS = 118;
  private static final Pattern NAME = Pattern.compile("`([A-Z][A-Za-z]*[a-z])`");
  private static final Pattern INVARIANT = Pattern.compile("\\b(I[1-9]\\d?)\\b");
  private static final Pattern PITFALL = Pattern.compile("[Pp]itfall (\\d+)");
  private static final Pattern MUTANT = Pattern.compile("\"([A-Z]\\d+[a-z]?) [a-z]");
  private static final Pattern MUTANTS =
      Pattern.compile("`([A-HJ-Z]\\d+[a-z]?)`(?: to `([A-HJ-Z]\\d+[a-z]?)`)?");

  @Test
  void definesEveryInvariantOnce() {
    List<String> numbers =
        DocPage.PROOF.rows("Invariants").stream().skip(1).map(row -> row.get(0)).toList();
    assertThat(numbers)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, INVARIANTS).mapToObj(number -> "I" + number).toList());
  }

  @Test
  void definesEveryPitfallOnce() {
    List<String> numbers =
        DocPage.PROOF
            .text()
            .lines()
            .filter(line -> line.matches("\\| \\d+ \\|.*"))
            .map(line -> line.split(" ", 3)[1])
            .toList();
    assertThat(numbers)
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, PITFALLS).mapToObj(Integer::toString).toList());
  }

  @Test
  void definesEveryNumberThatTheCodeCites() throws IOException {
    Set<Integer> invariants = new TreeSet<>();
    Set<Integer> pitfalls = new TreeSet<>();
    for (Path source : sources()) {
      String text = Files.readString(source);
      INVARIANT
          .matcher(text)
          .results()
          .forEach(cited -> invariants.add(Integer.valueOf(cited.group(1).substring(1))));
      PITFALL
          .matcher(text)
          .results()
          .forEach(cited -> pitfalls.add(Integer.valueOf(cited.group(1))));
    }
    assertThat(invariants).hasSizeGreaterThan(15).allMatch(number -> number <= INVARIANTS);
    assertThat(pitfalls).allMatch(number -> number <= PITFALLS);
  }

  @Test
  void namesTestsAndCheckersThatExist() throws IOException {
    Set<String> types = new TreeSet<>();
    for (Path source : sources()) {
      types.add(source.getFileName().toString().replace(".java", ""));
    }
    Set<String> named = new TreeSet<>();
    NAME.matcher(DocPage.PROOF.text()).results().forEach(name -> named.add(name.group(1)));
    assertThat(named).hasSizeGreaterThan(60).isSubsetOf(types);
  }

  @Test
  void namesEveryMutant() throws IOException {
    Set<String> made = new TreeSet<>();
    for (Path source : sources()) {
      if (source.toString().contains("/io/synod/sim/")) {
        MUTANT.matcher(Files.readString(source)).results().forEach(one -> made.add(one.group(1)));
      }
    }
    List<String> inOrder = new ArrayList<>(made);
    inOrder.sort(Comparator.comparing(ProofPageTest::padded));
    Set<String> grouped = new TreeSet<>();
    for (MatchResult one : MUTANTS.matcher(DocPage.PROOF.section("Mutants")).results().toList()) {
      grouped.addAll(between(inOrder, one));
    }
    assertThat(grouped).hasSizeGreaterThan(100).isEqualTo(made);
    for (MatchResult one : MUTANTS.matcher(DocPage.PROOF.text()).results().toList()) {
      assertThat(made).contains(one.group(1));
      assertThat(between(inOrder, one)).isNotEmpty();
    }
  }

  private static List<String> between(List<String> inOrder, MatchResult range) {
    int first = inOrder.indexOf(range.group(1));
    int last = range.group(2) == null ? first : inOrder.indexOf(range.group(2));
    assertThat(first).as(range.group()).isBetween(0, last);
    return inOrder.subList(first, last + 1);
  }

  /** The mutant's number with two digits, so that it sorts by value. */
  private static String padded(String mutant) {
    return mutant.matches("\\D\\d\\D?") ? mutant.charAt(0) + "0" + mutant.substring(1) : mutant;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String root : List.of("sidecar/src/main/java", "sidecar/src/test/java")) {
      try (Stream<Path> files = Files.walk(ChildProgram.root().resolve(root))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.endsWith("ProofPageTest.java"))
            .forEach(sources::add);
      }
    }
    return sources;
  }
}
