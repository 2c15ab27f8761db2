package io.synod.cli.shared;

import com.google.protobuf.ByteString;
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
import io.synod.cli.snapshot.ConsumersCommand;
import io.synod.cli.snapshot.SnapshotCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Runs one command line and keeps what it printed. */
public record Terminal(int exitStatus, ByteString bytes, String err) {

  public static Terminal run(String... args) {
    CommandLine line = new CommandLine(new Root());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringWriter err = new StringWriter();
    Console console = new Console(out);
    line.setOut(console).setErr(new PrintWriter(err, true));
    int status = line.execute(args);
    console.flush();
    return new Terminal(status, ByteString.copyFrom(out.toByteArray()), err.toString());
  }

  public static Terminal run(CannedSidecar sidecar, String... args) {
    List<String> line = new ArrayList<>(List.of(args));
    int end = line.indexOf("--") < 0 ? line.size() : line.indexOf("--");
    line.addAll(end, List.of("--endpoint", sidecar.endpoint()));
    return run(line.toArray(String[]::new));
  }

  public String out() {
    return bytes.toStringUtf8();
  }

  public List<String> outLines() {
    return out().lines().toList();
  }

  @Command(
      name = "synod",
      subcommands = {
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
        StatusCommand.class,
        ExplainCommand.class,
        ElectionsCommand.class,
        TraceCommand.class,
        TransferCommand.class,
        ConsumersCommand.class,
        SnapshotCommand.class,
        SessionCommand.class
      })
  private static final class Root {}
}
