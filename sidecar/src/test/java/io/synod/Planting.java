package io.synod;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Sources that violate rules on purpose, compiled beside the code. */
final class Planting {
  private final Path directory;
  private final List<Path> files = new ArrayList<>();

  /** Sources below this directory. */
  Planting(Path directory) {
    this.directory = directory;
  }

  /** Adds a type to a package below {@code io.synod}. */
  void add(String room, String type, String source) throws IOException {
    Path file = Files.createDirectories(directory.resolve(room)).resolve(type + ".java");
    Files.writeString(file, "package io.synod." + room + ";\n" + source + "\n");
    files.add(file);
  }

  /** Compiles all of them. */
  JavaClasses compile() throws IOException {
    Path out = Files.createDirectory(directory.resolve("out"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    List<String> options =
        List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", out.toString());
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  manager,
                  null,
                  options,
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      assertThat(compiled).as(complaints.toString()).isTrue();
    }
    return new ClassFileImporter().importPath(out);
  }
}
