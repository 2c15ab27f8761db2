package io.synod.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The given values, in layers: a later layer overrides an earlier one. It collects all problems
 * instead of stopping at the first. One thread uses it.
 */
public final class ConfigLayers {
  private final Map<String, RawValue> effective = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  /** Adds a layer above the present ones; a key may be given once per layer. */
  public void add(List<RawValue> given) {
    Map<String, RawValue> layer = new HashMap<>();
    for (RawValue one : given) {
      if (ConfigKeys.named(one.name()) == null) {
        problem(one.where() + ": unknown key '" + one.name() + "'" + meant(one.name()));
        continue;
      }
      RawValue before = layer.putIfAbsent(one.name(), one);
      if (before != null) {
        problem(one.where() + ": " + one.name() + " is given twice, also by " + before.where());
      }
    }
    effective.putAll(layer);
  }

  /** Adds a problem. */
  public void problem(String line) {
    problems.add(line);
  }

  /** All problems so far. */
  List<String> problems() {
    return problems;
  }

  /** The value of {@code key}; null if it is missing or malformed, which is added as a problem. */
  <T> @Nullable T value(ConfigKey<T> key) {
    RawValue rawValue = given(key);
    if (rawValue == null) {
      problem(
          key.name()
              + " is missing; give "
              + key.flag()
              + ", "
              + key.env()
              + " or set it in the file");
      return null;
    }
    try {
      return key.valueType().read(rawValue.text());
    } catch (IllegalArgumentException e) {
      problem(rawValue.where() + ": " + key.name() + " " + e.getMessage());
      return null;
    }
  }

  /** Whether {@code key} is to be derived from other keys. */
  boolean isAuto(ConfigKey<?> key) {
    RawValue rawValue = given(key);
    return rawValue != null
        && ConfigKey.AUTO.equals(key.fallback())
        && ConfigKey.AUTO.equals(rawValue.text());
  }

  /** The value given for {@code key}, or its default; null if there is neither. */
  public @Nullable RawValue given(ConfigKey<?> key) {
    RawValue rawValue = effective.get(key.name());
    if (rawValue != null || key.fallback() == null) {
      return rawValue;
    }
    return new RawValue(key.name(), key.fallback(), "default");
  }

  private static String meant(String name) {
    String nearest = Suggestion.of(name, ConfigKeys.all().stream().map(ConfigKey::name).toList());
    return nearest == null ? "; see: synod config keys" : "; did you mean '" + nearest + "'?";
  }
}
