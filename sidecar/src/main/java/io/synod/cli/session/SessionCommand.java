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

/** {@code synod session}. */
@Command(
    name = "session",
    description = {
      "Sessions make a repeated proposal have one effect: see synod propose --session.",
      "Keys may go with them: see synod put --session.",
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

  /** For picocli. */
  public SessionCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say open, keep, close or list");
  }

  /** {@code synod session open}. */
  @Command(
      name = "open",
      description = {"Opens a session and prints its id.", ""})
  public static final class Open extends ClientCommand {
    @Option(
        names = "--name",
        paramLabel = "TEXT",
        defaultValue = "",
        description = "For people: shown where the session is.")
    String name = "";

    @Option(
        names = "--ttl",
        paramLabel = "TIME",
        converter = DurationOption.class,
        description = "It ends when nobody has kept it for so long; see synod session keep.")
    @Nullable Duration ttl;

    /** For picocli. */
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

  /** {@code synod session close}. */
  @Command(
      name = "close",
      description = {
        "Closes a session: its keys go, and its sequences are refused from here on.",
        ""
      })
  public static final class Close extends ClientCommand {
    @Parameters(paramLabel = "ID", description = "From synod session open.")
    String id = "";

    /** For picocli. */
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
