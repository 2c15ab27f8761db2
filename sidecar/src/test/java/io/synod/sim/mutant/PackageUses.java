package io.synod.sim.mutant;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The uses between packages of the project, by the names in their compiled classes. */
final class PackageUses {
  private static final Pattern NAMED = Pattern.compile("io/synod/([a-z0-9/]+)/[A-Z]");

  /** For each package, the packages that name it. */
  private final Map<String, Set<String>> users = new HashMap<>();

  /** Reads the class files below the directories from which these classes were loaded. */
  PackageUses(Class<?>... samples) {
    for (Class<?> sample : samples) {
      try {
        Path root = Path.of(sample.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(root.resolve("io/synod"))) {
          for (Path file : files.filter(one -> one.toString().endsWith(".class")).toList()) {
            read(root.relativize(file.getParent()).toString().replace('/', '.'), file);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (URISyntaxException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  // Names in a class file are text; a string that looks like a name only adds a harmless use.
  private void read(String from, Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    NAMED
        .matcher(text)
        .results()
        .map(found -> "io.synod." + found.group(1).replace('/', '.'))
        .forEach(used -> users.computeIfAbsent(used, none -> new HashSet<>()).add(from));
  }

  /** These packages and all that use them directly or indirectly. */
  Set<String> withUsers(Set<String> packages) {
    Set<String> all = new HashSet<>();
    packages.forEach(one -> add(one, all));
    return all;
  }

  private void add(String one, Set<String> all) {
    if (all.add(one)) {
      users.getOrDefault(one, Set.of()).forEach(user -> add(user, all));
    }
  }
}
