package io.synod.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was given, in layers: a later layer wins. Collects every problem instead of the first. For
 * one thread.
 */
public final class Layers {
  private final Map<String, Given> effective = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  /** Lays {@code given} over what is there; a key may be given once in a layer. */
  public void add(List<Given> given) {
    Map<String, Given> layer = new HashMap<>();
    for (Given one : given) {
      if (Keys.named(one.name()) == null) {
        problem(one.where() + ": unknown key '" + one.name() + "'" + meant(one.name()));
        continue;
      }
      Given before = layer.putIfAbsent(one.name(), one);
      if (before != null) {
        problem(one.where() + ": " + one.name() + " is given twice, also by " + before.where());
      }
    }
    effective.putAll(layer);
  }

  /** Notes what is wrong. */
  public void problem(String line) {
    problems.add(line);
  }

  /** Everything that is wrong so far. */
  List<String> problems() {
    return problems;
  }

  /** The value of {@code key}; null if it is missing or cannot be read, which is noted. */
  <T> @Nullable T value(Key<T> key) {
    Given given = given(key);
    if (given == null) {
      problem(
          key.name() + " is missing; give " + key.flag() + ", " + key.env() + " or it in the file");
      return null;
    }
    try {
      return key.kind().read(given.text());
    } catch (IllegalArgumentException e) {
      problem(given.where() + ": " + key.name() + " " + e.getMessage());
      return null;
    }
  }

  /** Whether {@code key} is left to the other keys. */
  boolean isAuto(Key<?> key) {
    Given given = given(key);
    return given != null && Key.AUTO.equals(key.fallback()) && Key.AUTO.equals(given.text());
  }

  /** What was given for {@code key}, or its default; null if there is neither. */
  public @Nullable Given given(Key<?> key) {
    Given given = effective.get(key.name());
    if (given != null || key.fallback() == null) {
      return given;
    }
    return new Given(key.name(), key.fallback(), "default");
  }

  private static String meant(String name) {
    String nearest = Nearest.of(name, Keys.all().stream().map(Key::name).toList());
    return nearest == null ? "; see: synod config keys" : "; did you mean '" + nearest + "'?";
  }
}
