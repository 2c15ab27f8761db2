package io.synod.pages;

import io.synod.processes.ChildProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page in Markdown.
 *
 * @param path from the root of the source tree
 */
public record DocPage(String path) {
  /** The overview of Synod. */
  public static final DocPage README = new DocPage("README.md");

  /** The contract of the API: the table of errors and the limits. */
  public static final DocPage CONTRACT = new DocPage("proto/README.md");

  /** The guide for callers: the table of commands. */
  public static final DocPage CALLING = new DocPage("sdk/README.md");

  /** The guide for operators: the tables of configuration, alarms and alerts. */
  public static final DocPage RUNNING = new DocPage("deploy/README.md");

  /** The page of tests: the tables of invariants, mutants and pitfalls. */
  public static final DocPage PROOF = new DocPage("sidecar/src/test/README.md");

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\n(.*?)^```$");
  private static final Set<String> NOT_OURS = Set.of("target", "node_modules");

  /** Every page of the source tree. */
  public static List<DocPage> all() {
    Path root = ChildProgram.root();
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(root::relativize)
          .filter(file -> file.toString().endsWith(".md"))
          .filter(DocPage::isOurs)
          .map(file -> new DocPage(file.toString()))
          .sorted((one, other) -> one.path.compareTo(other.path))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOurs(Path file) {
    for (Path part : file) {
      if (NOT_OURS.contains(part.toString()) || part.toString().startsWith(".")) {
        return false;
      }
    }
    return true;
  }

  /** The whole text. */
  public String text() {
    try {
      return Files.readString(ChildProgram.root().resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text below a heading, up to the next heading of its level or above. */
  public String section(String heading) {
    Pattern whole =
        Pattern.compile("(?ms)^(#+) " + Pattern.quote(heading) + "$\n(.*?)(?=^\\1 |^## |\\z)");
    var found = whole.matcher(text());
    if (!found.find()) {
      throw new AssertionError("no section " + heading + " in " + path);
    }
    return found.group(2);
  }

  /** The cells of the tables in a section, without header rows. */
  public List<List<String>> rows(String heading) {
    return section(heading)
        .lines()
        .filter(line -> line.startsWith("|"))
        .map(line -> List.of(line.substring(1, line.length() - 1).trim().split(" +\\| +")))
        .filter(cells -> cells.stream().noneMatch(cell -> cell.matches("[-:| ]+")))
        .toList();
  }

  /** The code blocks in this language, in order. */
  public List<String> blocks(String language) {
    return BLOCK
        .matcher(text())
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  /** The only code block in this language that contains this text. */
  public String block(String language, String part) {
    List<String> found = blocks(language).stream().filter(block -> block.contains(part)).toList();
    if (found.size() != 1) {
      throw new AssertionError(
          found.size() + " blocks of " + language + " with " + part + " in " + path);
    }
    return found.get(0);
  }
}
