package io.synod.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A configuration key.
 *
 * @param <T> the type of its value
 * @param name as written in a file: dotted, with the unit last
 * @param valueType the form of the value
 * @param fallback the default; null if a value is required
 * @param description one line for people
 */
public record ConfigKey<T>(
    String name, ValueType<T> valueType, @Nullable String fallback, String description) {

  /** The default in the table if it depends on other keys. */
  static final String AUTO = "auto";

  /** The environment variable that sets it. */
  public String env() {
    return "SYNOD_" + words('_').toUpperCase(Locale.ROOT);
  }

  /** The command line option that sets it. */
  public String flag() {
    return "--" + words('-').toLowerCase(Locale.ROOT);
  }

  private String words(char between) {
    return name.replace('.', between).replaceAll("([a-z])([A-Z])", "$1" + between + "$2");
  }
}
