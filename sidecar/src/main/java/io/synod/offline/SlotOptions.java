package io.synod.offline;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that select slots. */
final class SlotOptions {
  @Option(
      names = "--from",
      paramLabel = "SLOT",
      defaultValue = "1",
      description = "The first slot. Default: ${DEFAULT-VALUE}")
  long from;

  @Option(names = "--to", paramLabel = "SLOT", description = "The last slot. Default: the newest.")
  @Nullable Long to;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Print at most this many. Default: all.")
  @Nullable Long limit;

  /** Called by picocli. */
  SlotOptions() {}

  long last() {
    return to == null ? Long.MAX_VALUE : to;
  }

  long most() {
    return limit == null ? Long.MAX_VALUE : limit;
  }

  /** Throws a usage error if the options contradict each other. */
  void refuseFault(CommandSpec spec) {
    String fault = fault();
    if (fault != null) {
      throw new ParameterException(spec.commandLine(), fault);
    }
  }

  private @Nullable String fault() {
    if (from < 1) {
      return "--from must be at least 1";
    }
    if (to != null && to < from) {
      return "--to must not be below --from";
    }
    return limit != null && limit < 1 ? "--limit must be at least 1" : null;
  }
}
