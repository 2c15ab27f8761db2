package io.synod.main;

import io.synod.config.ConfigFile;
import io.synod.config.ConfigKey;
import io.synod.config.ConfigKeys;
import io.synod.config.ConfigLayers;
import io.synod.config.EnvironmentVariables;
import io.synod.config.RawValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options of {@code serve}, one for each configuration key. */
final class ConfigOptions {
  private static final String CONFIG = "--config";
  private static final String SET = "--set";

  private ConfigOptions() {}

  /** Adds the options to a command. */
  static void addTo(CommandSpec spec) {
    spec.addOption(
        OptionSpec.builder("-c", CONFIG)
            .paramLabel("FILE")
            .type(String.class)
            .description("A .yaml or .properties file of keys (env SYNOD_CONFIG).")
            .build());
    for (ConfigKey<?> key : ConfigKeys.all()) {
      spec.addOption(
          OptionSpec.builder(key.flag())
              .paramLabel("VALUE")
              .type(String.class)
              .description(key.description() + ". Default: " + fallback(key))
              .build());
    }
    spec.addOption(
        OptionSpec.builder(SET)
            .paramLabel("KEY=VALUE")
            .type(String[].class)
            .arity("1")
            .description("Any key by its name; see synod config keys.")
            .build());
  }

  /** The layers of configuration: the options of this call over the environment over the file. */
  static ConfigLayers layers(ParseResult parsed, Map<String, String> environment) {
    ConfigLayers layers = new ConfigLayers();
    String file = parsed.matchedOptionValue(CONFIG, environment.get("SYNOD_CONFIG"));
    if (file != null && !file.isEmpty()) {
      ConfigFile.addTo(layers, Path.of(file));
    }
    EnvironmentVariables.addTo(layers, environment);
    List<RawValue> given = new ArrayList<>();
    for (ConfigKey<?> key : ConfigKeys.all()) {
      String value = parsed.<@Nullable String>matchedOptionValue(key.flag(), null);
      if (value != null) {
        given.add(new RawValue(key.name(), value.strip(), key.flag()));
      }
    }
    for (String pair : parsed.matchedOptionValue(SET, new String[0])) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        layers.problem(SET + ": must be KEY=VALUE, not '" + pair + "'");
      } else {
        given.add(
            new RawValue(
                pair.substring(0, equals).strip(), pair.substring(equals + 1).strip(), SET));
      }
    }
    layers.add(given);
    return layers;
  }

  /** The default of a key, for display. */
  static String fallback(ConfigKey<?> key) {
    String fallback = key.fallback();
    return fallback == null ? "none, required" : fallback.isEmpty() ? "none" : fallback;
  }
}
