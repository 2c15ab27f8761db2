package io.synod.model;

import io.synod.processes.ChildProgram;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * Runs TLC, the model checker of TLA+, on {@code src/test/tla/Memberships.tla}, each time in a
 * process of its own.
 */
final class ModelChecker {
  /** The exit status of TLC when an invariant does not hold. */
  static final int VIOLATED = 12;

  private static final Path MODEL = Path.of("src", "test", "tla", "Memberships.tla");
  private static final Path CONFIGURATION = Path.of("src", "test", "tla", "Memberships.cfg");
  private static final String INVARIANTS = "INVARIANTS\n";
  // The longest takes two minutes of one core.
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private final String name;
  private final Path directory;

  /**
   * Creates a checker.
   *
   * @param name of what it checks, for the name of its log
   * @param directory where TLC keeps the states that it found
   */
  ModelChecker(String name, Path directory) {
    this.name = name;
    this.directory = directory;
  }

  /** The exit status of TLC, and what it printed. */
  record Verdict(int exitStatus, String text) {}

  /** The text of the model. */
  static String model() throws IOException {
    return Files.readString(MODEL);
  }

  /** Checks every invariant, with other values for these constants. */
  Verdict check(Map<String, String> constants) throws Exception {
    return run(configuration(constants));
  }

  /** Checks this invariant alone, with other values for these constants. */
  Verdict check(String invariant, Map<String, String> constants) throws Exception {
    String all = configuration(constants);
    int end = all.indexOf(INVARIANTS) + INVARIANTS.length();
    return run(all.substring(0, end) + "  " + invariant + "\n");
  }

  private static String configuration(Map<String, String> constants) throws IOException {
    String text = Files.readString(CONFIGURATION);
    for (Map.Entry<String, String> constant : constants.entrySet()) {
      String line = "(?m)^  " + constant.getKey() + " = .*$";
      String value = "  " + constant.getKey() + " = " + constant.getValue();
      String changed = text.replaceFirst(line, Matcher.quoteReplacement(value));
      if (changed.equals(text)) {
        throw new AssertionError(CONFIGURATION + " has no other value for " + constant.getKey());
      }
      text = changed;
    }
    return text;
  }

  private Verdict run(String configuration) throws Exception {
    Path logs = ChildProgram.logs("tlc-" + name);
    // TLC looks for the configuration beside the model.
    Path model = Files.copy(MODEL, logs.resolve(MODEL.getFileName()));
    Path unused = Files.writeString(logs.resolve(CONFIGURATION.getFileName()), configuration);
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseParallelGC",
            "-Xmx1g",
            "-cp",
            program().toString(),
            "tlc2.TLC",
            "-workers",
            "1",
            "-metadir",
            directory.toString(),
            model.toString());
    try (ChildProgram tlc = ChildProgram.start("tlc", logs, command)) {
      int exitStatus = tlc.exit(LIMIT);
      return new Verdict(exitStatus, Files.readString(logs.resolve("tlc.out")));
    }
  }

  /** The jar of TLC, which the build has on the class path in its profile {@code tla} only. */
  private static Path program() throws ClassNotFoundException, URISyntaxException {
    Class<?> any = Class.forName("tlc2.TLC", false, ModelChecker.class.getClassLoader());
    return Path.of(any.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
