package io.synod;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Measures Java sources by their syntax trees, and reports what is too large. */
final class Sources {
  private static final int FILE_LINES_MAX = 350;
  private static final int METHOD_LINES_MAX = 60;
  private static final int COLUMNS_MAX = 100;
  private static final int PARAMETERS_MAX = 5;

  private Sources() {}

  /** Every Java file below {@code root}. */
  static List<Path> below(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  /** The oversized parts of {@code files}: one line each, with file and line. */
  static List<String> oversized(List<Path> files) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      measureLines(file, found);
    }
    measureMethods(files, found);
    return found;
  }

  private static void measureLines(Path file, List<String> found) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.size() > FILE_LINES_MAX) {
      found.add(file + " has " + lines.size() + " lines");
    }
    for (int i = 0; i < lines.size(); i++) {
      int columns = lines.get(i).codePointCount(0, lines.get(i).length());
      if (columns > COLUMNS_MAX) {
        found.add(file + ":" + (i + 1) + " has " + columns + " columns");
      }
    }
  }

  private static void measureMethods(List<Path> files, List<String> found) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  complaints,
                  manager,
                  null,
                  List.of("-proc:none", "-Xlint:none"),
                  null,
                  manager.getJavaFileObjectsFromPaths(files));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new Measure(unit, positions, found).scan(unit, null);
      }
    }
    if (!complaints.toString().isEmpty()) {
      throw new IllegalStateException("unreadable source: " + complaints);
    }
  }

  private static final class Measure extends TreeScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> found;

    Measure(CompilationUnitTree unit, SourcePositions positions, List<String> found) {
      this.unit = unit;
      this.positions = positions;
      this.found = found;
    }

    @Override
    public Void visitMethod(MethodTree method, Void none) {
      measure(method, method.getName().toString());
      return super.visitMethod(method, null);
    }

    @Override
    public Void visitClass(ClassTree type, Void none) {
      for (Tree member : type.getMembers()) {
        if (member instanceof BlockTree) {
          measure(member, "an initializer");
        } else if (member instanceof MethodTree method && !isCanonical(type, method)) {
          count(method);
        }
      }
      return super.visitClass(type, null);
    }

    /** Whether it repeats the header of a record, which may be longer. */
    private static boolean isCanonical(ClassTree type, MethodTree method) {
      if (type.getKind() != Tree.Kind.RECORD || !method.getName().contentEquals("<init>")) {
        return false;
      }
      List<String> header = new ArrayList<>();
      for (Tree member : type.getMembers()) {
        if (member instanceof VariableTree field
            && !field.getModifiers().getFlags().contains(Modifier.STATIC)) {
          header.add(field.getType() + " " + field.getName());
        }
      }
      return header.equals(
          method.getParameters().stream().map(p -> p.getType() + " " + p.getName()).toList());
    }

    private void count(MethodTree method) {
      int parameters = method.getParameters().size();
      if (parameters > PARAMETERS_MAX) {
        found.add(place(method) + " " + method.getName() + " has " + parameters + " parameters");
      }
    }

    private void measure(Tree tree, String name) {
      long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
      long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, tree));
      long lines = last - first + 1;
      if (lines > METHOD_LINES_MAX) {
        found.add(place(tree) + " " + name + " has " + lines + " lines");
      }
    }

    private String place(Tree tree) {
      long line = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
      return Path.of(unit.getSourceFile().toUri()) + ":" + line;
    }
  }
}
