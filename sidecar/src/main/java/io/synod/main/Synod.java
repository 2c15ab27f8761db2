package io.synod.main;

import io.synod.backup.BackupCommand;
import io.synod.backup.recovery.RecoverCommand;
import io.synod.bench.BenchCommand;
import io.synod.cli.inspect.ElectionsCommand;
import io.synod.cli.inspect.ExplainCommand;
import io.synod.cli.inspect.StatusCommand;
import io.synod.cli.inspect.TraceCommand;
import io.synod.cli.inspect.TransferCommand;
import io.synod.cli.kv.DeleteCommand;
import io.synod.cli.kv.GetCommand;
import io.synod.cli.kv.ListCommand;
import io.synod.cli.kv.PutCommand;
import io.synod.cli.kv.TxnCommand;
import io.synod.cli.lock.ElectCommand;
import io.synod.cli.lock.HolderCommand;
import io.synod.cli.lock.LockCommand;
import io.synod.cli.lock.ReleaseCommand;
import io.synod.cli.log.ProposeCommand;
import io.synod.cli.log.ReadCommand;
import io.synod.cli.log.WatchCommand;
import io.synod.cli.session.SessionCommand;
import io.synod.cli.shared.Console;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.snapshot.ConsumersCommand;
import io.synod.cli.snapshot.SnapshotCommand;
import io.synod.dev.DevCommand;
import io.synod.net.Dns;
import io.synod.offline.InspectCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code synod} command. Data goes to standard output, messages to standard error. */
@Command(
    name = "synod",
    description = {
      "A consensus sidecar: a replicated log, and keys, locks and elections on it.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done",
      "1:failed; retrying does not help",
      "2:wrong usage or configuration",
      "3:unhealthy, or a condition does not hold",
      "4:outcome unknown, or deadline exceeded",
      "5:unavailable: this attempt was surely not executed; an earlier one with the same"
          + " --request-id or --session may be",
      "6:serve stopped because its disk failed"
    },
    subcommands = {
      DevCommand.class,
      Serve.class,
      ProposeCommand.class,
      ReadCommand.class,
      WatchCommand.class,
      GetCommand.class,
      PutCommand.class,
      DeleteCommand.class,
      ListCommand.class,
      TxnCommand.class,
      LockCommand.class,
      ElectCommand.class,
      HolderCommand.class,
      ReleaseCommand.class,
      SessionCommand.class,
      ConsumersCommand.class,
      SnapshotCommand.class,
      StatusCommand.class,
      ExplainCommand.class,
      ElectionsCommand.class,
      TraceCommand.class,
      TransferCommand.class,
      BackupCommand.class,
      RestoreCommand.class,
      RecoverCommand.class,
      InspectCommand.class,
      BenchCommand.class,
      ConfigCommand.class,
      VersionCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class,
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class Synod implements Runnable {
  @Spec CommandSpec spec;

  @Option(
      names = {"-V", "--version"},
      description = "Print the version.")
  boolean version;

  private Synod() {}

  /** Runs one command and exits with its status. */
  public static void main(String[] args) {
    Dns.configure();
    Logging.quietJdk();
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int status = commandLine(out, err).execute(args);
    out.flush();
    err.flush();
    System.exit(status);
  }

  /** The complete command, which prints to these writers. */
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(new Synod());
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(Synod::refuse);
    line.setExecutionExceptionHandler(Synod::fail);
    ConfigOptions.addTo(subcommand(line, "serve"));
    ConfigOptions.addTo(subcommand(line, "restore"));
    ConfigOptions.addTo(subcommand(line, "config", "check"));
    addHelp(line);
    return line;
  }

  private static CommandSpec subcommand(CommandLine line, String... path) {
    CommandLine found = line;
    for (String name : path) {
      found = Objects.requireNonNull(found.getSubcommands().get(name), name);
    }
    return found.getCommandSpec();
  }

  @Override
  public void run() {
    if (version) {
      spec.commandLine().execute("version");
      return;
    }
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Adds the same help option to every command. */
  private static void addHelp(CommandLine line) {
    CommandSpec spec = line.getCommandSpec();
    if (spec.findOption("--help") == null) {
      spec.addOption(
          CommandLine.Model.OptionSpec.builder("-h", "--help")
              .usageHelp(true)
              .description("Show this help.")
              .build());
    }
    line.getSubcommands().values().forEach(Synod::addHelp);
  }

  private static int refuse(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    err.println("synod: " + complaint(e));
    if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("Try: " + line.getCommandSpec().qualifiedName() + " --help");
    }
    err.flush();
    return ExitStatus.USAGE;
  }

  private static int fail(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
    PrintWriter err = line.getErr();
    err.println("synod: " + firstLine(e));
    if (System.getenv("SYNOD_DEBUG") != null) {
      e.printStackTrace(err);
    }
    err.flush();
    return ExitStatus.ERROR;
  }

  private static String complaint(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
      String what = unmatched.isUnknownOption() ? "option" : "argument";
      return "unknown " + what + " '" + unmatched.getUnmatched().get(0) + "'";
    }
    return firstLine(e);
  }

  private static String firstLine(Exception e) {
    String message = e.getMessage();
    return message == null ? "internal error" : message.lines().findFirst().orElse("");
  }

  /** A writer of UTF-8 whatever the locale is, since a command's bytes may be printed. */
  private static PrintWriter writer(FileDescriptor to) {
    return new Console(new FileOutputStream(to));
  }
}
