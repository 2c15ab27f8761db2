package io.synod.cli.session;

import com.google.protobuf.util.Durations;
import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.DurationOption;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ValueText;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.CloseSessionResponse;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.OpenSessionResponse;
import io.synod.v1.SessionsGrpc;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code synod session} command. */
@Command(
    name = "session",
    description = {
      "Manage sessions. A proposal repeated in a session takes effect once: see synod propose.",
      "A session can own keys, which are deleted when it ends: see synod put --session.",
      ""
    },
    subcommands = {
      SessionCommand.Open.class,
      SessionKeepCommand.class,
      SessionCommand.Close.class,
      SessionListCommand.class
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class SessionCommand implements Runnable {
  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  /** Called by picocli. */
  public SessionCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say open, keep, close or list");
  }

  /** The {@code synod session open} command. */
  @Command(
      name = "open",
      description = {"Open a session and print its id.", ""})
  public static final class Open extends ClientCommand {
    @Option(
        names = "--name",
        paramLabel = "TEXT",
        defaultValue = "",
        description = "A name for people, shown with the session.")
    String name = "";

    @Option(
        names = "--ttl",
        paramLabel = "TIME",
        converter = DurationOption.class,
        description =
            "Time to live without renewal; see synod session keep. Default: it does not expire.")
    @Nullable Duration ttl;

    /** Called by picocli. */
    public Open() {}

    @Override
    protected boolean acts() {
      return true;
    }

    @Override
    protected int run(ManagedChannel channel) {
      OpenSessionRequest.Builder request = OpenSessionRequest.newBuilder().setDisplayName(name);
      if (ttl != null) {
        request.setTtl(Durations.fromMillis(ttl.toMillis()));
      }
      OpenSessionResponse response =
          timed(SessionsGrpc.newBlockingStub(channel)).openSession(request.build());
      if (json()) {
        printJson(response);
      } else {
        print(ValueText.line(response.getSessionId()));
      }
      return ExitStatus.OK;
    }
  }

  /** The {@code synod session close} command. */
  @Command(
      name = "close",
      description = {
        "Close a session: its keys are deleted, and its sequences are refused from now on.",
        ""
      })
  public static final class Close extends ClientCommand {
    @Parameters(paramLabel = "ID", description = "From synod session open.")
    String id = "";

    /** Called by picocli. */
    public Close() {}

    @Override
    protected boolean acts() {
      return true;
    }

    @Override
    protected int run(ManagedChannel channel) {
      CloseSessionResponse response =
          timed(SessionsGrpc.newBlockingStub(channel))
              .closeSession(CloseSessionRequest.newBuilder().setSessionId(id).build());
      if (json()) {
        printJson(response);
      } else {
        print("closed");
      }
      return ExitStatus.OK;
    }
  }
}
