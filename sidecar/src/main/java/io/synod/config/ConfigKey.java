package io.synod.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be configured.
 *
 * @param <T> what its value becomes
 * @param name as it stands in a file: dotted, units last
 * @param valueType what the value must look like
 * @param fallback the value unless another is given; null if one must be given
 * @param description one line for people
 */
public record ConfigKey<T>(
    String name, ValueType<T> valueType, @Nullable String fallback, String description) {

  /** Written in the table where the value depends on other keys. */
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
