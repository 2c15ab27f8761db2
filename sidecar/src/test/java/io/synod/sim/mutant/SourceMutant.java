package io.synod.sim.mutant;

import io.synod.paxos.Replica;
import io.synod.sim.run.FaultProfile;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * A deliberate bug in the source text of one or two classes. They are recompiled with it, and all
 * packages that use theirs, the simulator among them, are loaded again. Production code needs no
 * hook for it.
 *
 * @param where the profiles in which the bug can show
 */
record SourceMutant(List<Edit> edits, Predicate<FaultProfile> where) {
  private static final Path SOURCES = Path.of("src/main/java/io/synod");

  /**
   * A replacement of one piece of source text.
   *
   * @param file the path below {@code io/synod}, without its extension
   * @param before the text to replace, which must occur exactly once
   * @param after the replacement
   */
  record Edit(String file, String before, String after) {
    private String in(String text) {
      int at = text.indexOf(before);
      if (at < 0 || text.indexOf(before, at + 1) >= 0) {
        throw new IllegalStateException(file + " does not have exactly once: " + before);
      }
      return text.substring(0, at) + after + text.substring(at + before.length());
    }
  }

  /** Creates a mutant with one edit. */
  SourceMutant(String file, String before, String after) {
    this(List.of(new Edit(file, before, after)), profile -> true);
  }

  /** Adds an edit. */
  SourceMutant and(String file, String before, String after) {
    List<Edit> more = new ArrayList<>(edits);
    more.add(new Edit(file, before, after));
    return new SourceMutant(more, where);
  }

  /** Restricts the mutant to profiles in which it can show. */
  SourceMutant in(Predicate<FaultProfile> where) {
    return new SourceMutant(edits, where);
  }

  /** A function that runs a seed with the bug, and returns the broken invariant or null. */
  LongFunction<@Nullable String> trial() {
    return trial(SeedTrial.class);
  }

  /** As {@link #trial()}, of this class, which has a constructor without parameters. */
  LongFunction<@Nullable String> trial(Class<? extends LongFunction<@Nullable String>> which) {
    try {
      Class<?> trial = new Loader(compile()).loadClass(which.getName());
      @SuppressWarnings("unchecked")
      LongFunction<@Nullable String> seeds =
          (LongFunction<@Nullable String>) trial.getDeclaredConstructor().newInstance();
      return seeds;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String read(String file) throws IOException {
    return Files.readString(SOURCES.resolve(file + ".java"), StandardCharsets.UTF_8);
  }

  private Map<String, byte[]> compile() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    List<String> options =
        List.of("-proc:none", "-nowarn", "-cp", System.getProperty("java.class.path"));
    Map<String, String> sources = new HashMap<>();
    for (Edit edit : edits) {
      String source = sources.get(edit.file);
      sources.put(edit.file, edit.in(source == null ? read(edit.file) : source));
    }
    List<Text> texts = new ArrayList<>();
    sources.forEach((file, source) -> texts.add(new Text(file, source)));
    try (Memory memory = new Memory(compiler.getStandardFileManager(null, null, null))) {
      boolean compiled = compiler.getTask(complaints, memory, null, options, null, texts).call();
      if (!compiled) {
        throw new IllegalStateException(complaints.toString());
      }
      Map<String, byte[]> classes = new HashMap<>();
      memory.classes.forEach((name, out) -> classes.put(name, out.toByteArray()));
      return classes;
    }
  }

  /** A source in memory. */
  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    private Text(String file, String text) {
      super(URI.create("string:///io/synod/" + file + ".java"), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Keeps compiled classes in memory. */
  private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, java.io.ByteArrayOutputStream> classes = new HashMap<>();

    private Memory(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
      classes.put(name, out);
      return new SimpleJavaFileObject(URI.create("memory:///" + name), kind) {
        @Override
        public java.io.OutputStream openOutputStream() {
          return out;
        }
      };
    }
  }

  /**
   * Loads the recompiled classes, and loads every package that uses theirs again. All other
   * packages are shared by all mutants, and so are loaded and compiled to machine code once.
   */
  private static final class Loader extends ClassLoader {
    private static final PackageUses USES = new PackageUses(SourceMutant.class, Replica.class);
    private final Map<String, byte[]> patched;
    private final Set<String> again;

    private Loader(Map<String, byte[]> patched) {
      super(SourceMutant.class.getClassLoader());
      this.patched = patched;
      this.again =
          USES.withUsers(
              patched.keySet().stream().map(Loader::packageOf).collect(Collectors.toSet()));
    }

    private static String packageOf(String name) {
      return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!again.contains(packageOf(name))) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> known = findLoadedClass(name);
        if (known != null) {
          return known;
        }
        byte[] bytes = patched.getOrDefault(name, new byte[0]);
        bytes = bytes.length > 0 ? bytes : shipped(name);
        return defineClass(name, bytes, 0, bytes.length);
      }
    }

    private byte[] shipped(String name) throws ClassNotFoundException {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        return in.readAllBytes();
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
