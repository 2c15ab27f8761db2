package io.synod.main;

import io.synod.cli.shared.Columns;
import io.synod.cli.shared.ExitStatus;
import io.synod.config.ConfigException;
import io.synod.config.ConfigKey;
import io.synod.config.ConfigKeys;
import io.synod.config.ConfigLayers;
import io.synod.config.ConfigReader;
import io.synod.config.RawValue;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code synod config} command. */
@Command(
    name = "config",
    description = {"Check the configuration, or list its keys.", ""},
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ConfigCommand.Check.class, ConfigCommand.Table.class})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class ConfigCommand implements Runnable {
  @Spec CommandSpec spec;

  /** Called by picocli. */
  public ConfigCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing: check or keys");
  }

  /** The {@code synod config check} command. */
  @Command(
      name = "check",
      description = {
        "Print the effective configuration and the source of each value. Accepts the options of"
            + " serve.",
        ""
      })
  public static final class Check implements Callable<Integer> {
    @Spec CommandSpec spec;

    /** Called by picocli. */
    public Check() {}

    @Override
    public Integer call() {
      ConfigLayers layers =
          ConfigOptions.layers(spec.commandLine().getParseResult(), System.getenv());
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("KEY", "VALUE", "FROM"));
      for (ConfigKey<?> key : ConfigKeys.all()) {
        RawValue rawValue = layers.given(key);
        rows.add(
            rawValue == null
                ? List.of(key.name(), "", "missing")
                : List.of(key.name(), rawValue.text(), rawValue.where()));
      }
      print(spec.commandLine().getOut(), rows);
      try {
        ConfigReader.read(layers);
        return ExitStatus.OK;
      } catch (ConfigException e) {
        PrintWriter err = spec.commandLine().getErr();
        e.problems().forEach(problem -> err.println("synod: " + problem));
        return ExitStatus.USAGE;
      }
    }
  }

  /** The {@code synod config keys} command. */
  @Command(
      name = "keys",
      description = {"Print every key, its type, default and environment variable.", ""},
      footer = {"", "The option for a.someKey is --a-some-key."})
  public static final class Table implements Callable<Integer> {
    @Spec CommandSpec spec;

    /** Called by picocli. */
    public Table() {}

    @Override
    public Integer call() {
      List<List<String>> rows = new ArrayList<>();
      rows.add(List.of("KEY", "TYPE", "DEFAULT", "ENVIRONMENT", "MEANING"));
      for (ConfigKey<?> key : ConfigKeys.all()) {
        rows.add(
            List.of(
                key.name(),
                key.valueType().label(),
                ConfigOptions.fallback(key),
                key.env(),
                key.description()));
      }
      print(spec.commandLine().getOut(), rows);
      return ExitStatus.OK;
    }
  }

  private static void print(PrintWriter out, List<List<String>> rows) {
    Columns.fitting(rows).forEach(out::println);
  }
}
