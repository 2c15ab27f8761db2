package io.synod.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/** A version of the sidecar that supports one level more than this one: the classes that differ. */
final class NextVersion {
  private static final String SOURCE = "io/synod/state/Level.java";
  private static final String SUPPORTED = "int SUPPORTED = 1;";

  private NextVersion() {}

  /** Compiles the classes into a directory below {@code folder}, which it returns. */
  static Path compile(Path folder) {
    try {
      Path original = ChildProgram.root().resolve("sidecar/src/main/java").resolve(SOURCE);
      String text = Files.readString(original);
      if (!text.contains(SUPPORTED)) {
        throw new AssertionError(SOURCE + " does not have: " + SUPPORTED);
      }
      Path source = folder.resolve("source/Level.java");
      Path classes = folder.resolve("classes");
      Files.createDirectories(source.getParent());
      Files.createDirectories(classes);
      Files.writeString(source, text.replace(SUPPORTED, "int SUPPORTED = 2;"));
      int status =
          ToolProvider.getSystemJavaCompiler()
              .run(
                  null,
                  null,
                  null,
                  "--release",
                  "17",
                  "-proc:none",
                  "-d",
                  classes.toString(),
                  source.toString());
      if (status != 0) {
        throw new AssertionError("the next version does not compile");
      }
      return classes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
