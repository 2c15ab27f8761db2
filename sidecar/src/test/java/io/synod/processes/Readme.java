package io.synod.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Pattern;

/** What the README tells its readers to type, word by word. */
public final class Readme {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\n(.*?)^```$");

  private Readme() {}

  /** The one block in this language that holds this text. */
  public static String block(String language, String part) {
    List<String> found =
        BLOCK
            .matcher(text())
            .results()
            .filter(block -> block.group(1).equals(language))
            .map(block -> block.group(2))
            .filter(block -> block.contains(part))
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " blocks of " + language + " with " + part);
    }
    return found.get(0);
  }

  private static String text() {
    try {
      return Files.readString(ChildProgram.root().resolve("README.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
