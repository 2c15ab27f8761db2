package io.synod.sim.mutant;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The seeds at which the searches for mutants begin, which are those that showed the mutants last.
 * {@code -Dmutants.renew=true} notes the seeds of this run instead. A note is only a place to
 * begin: once the seed does not show the mutant any more, the search goes on with the next ones.
 */
final class FirstSeeds {
  private static final Path FILE = Path.of("src/test/resources/mutants/seeds.txt");
  private static final boolean RENEW = Boolean.getBoolean("mutants.renew");
  private static final Map<String, Long> NOTED = read();

  private FirstSeeds() {}

  /** The number of a mutant, which is the first word of its name. */
  static String number(String name) {
    return name.substring(0, name.indexOf(' '));
  }

  /** The numbers of the mutants that have a first seed. */
  static synchronized Set<String> numbers() {
    return Set.copyOf(NOTED.keySet());
  }

  /** The seed at which the search for this mutant begins. */
  static synchronized long of(String name) {
    return NOTED.getOrDefault(number(name), 1L);
  }

  /** A search found this mutant at this seed. */
  static synchronized void found(String name, long seed) {
    if (!RENEW) {
      return;
    }
    NOTED.put(number(name), seed);
    StringBuilder lines = new StringBuilder();
    NOTED.forEach((number, first) -> lines.append(number).append(' ').append(first).append('\n'));
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, lines, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Long> read() {
    Map<String, Long> noted = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(FILE, StandardCharsets.UTF_8)) {
        String[] words = line.split(" ", 2);
        noted.put(words[0], Long.parseLong(words[1]));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return noted;
  }
}
