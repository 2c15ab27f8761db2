package io.synod.cli.shared;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts an option's lower-case words to the constants of an enum. */
public abstract class EnumNames<T extends Enum<T>> implements ITypeConverter<T>, Iterable<String> {
  private final List<T> constants;
  private final String prefix;

  /** A converter; {@code prefix} is the common prefix of the generated constants. */
  protected EnumNames(Class<T> type, String prefix) {
    this.prefix = prefix;
    this.constants = Stream.of(type.getEnumConstants()).filter(EnumNames::isOption).toList();
  }

  @Override
  public final T convert(String value) {
    for (T constant : constants) {
      if (name(prefix, constant).equals(value.toLowerCase(Locale.ROOT))) {
        return constant;
      }
    }
    throw new TypeConversionException("'" + value + "' is not one of " + String.join(", ", this));
  }

  @Override
  public final Iterator<String> iterator() {
    return constants.stream().map(c -> name(prefix, c)).iterator();
  }

  /** The word for a constant. */
  public static String name(String prefix, Enum<?> constant) {
    String name = constant.name();
    String bare = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    return bare.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether a constant is a choice: generated enums have two that are not. */
  private static boolean isOption(Enum<?> constant) {
    return !constant.name().endsWith("_UNSPECIFIED") && !constant.name().equals("UNRECOGNIZED");
  }
}
