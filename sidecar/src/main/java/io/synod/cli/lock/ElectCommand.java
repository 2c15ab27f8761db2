package io.synod.cli.lock;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.synod.cli.shared.CallFailure;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.InputSource;
import io.synod.cli.shared.ValueText;
import io.synod.v1.HoldEvent;
import io.synod.v1.HoldEvent.Lost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code synod elect} command. */
@Command(
    name = "elect",
    customSynopsis = "synod elect [OPTIONS] NAME --value VALUE [-- COMMAND [ARGS...]]",
    description = {
      "Stand for an election: a lock whose holder publishes a value.",
      "Prints who leads, and when this process does; with a COMMAND, runs it while leading.",
      ""
    },
    footer = {
      "",
      "It leads until it is stopped or loses the election, which makes it exit with 4. A COMMAND is"
          + " run, stopped and reported as by synod lock.",
      "With --output json, it prints the events of its own hold, one a line; see synod holder"
          + " --follow."
    })
public final class ElectCommand extends ClientCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The election.")
  String name = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "COMMAND",
      description = "The command to run while leading.")
  List<String> what = new ArrayList<>();

  @Option(
      names = "--value",
      paramLabel = "VALUE",
      description = "The value to publish, such as an address; -: standard input.")
  @Nullable String value;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Read the value from a file.")
  @Nullable Path file;

  @Mixin HoldOptions options = new HoldOptions();

  private long token;

  /** Called by picocli. */
  public ElectCommand() {}

  @Override
  protected int run(ManagedChannel channel) throws IOException {
    refuse(options.fault());
    refuse((value == null) == (file == null) ? "give --value, or --file" : null);
    ByteString proclaimed = InputSource.bytes(value, file);
    Supplier<HoldStream> open =
        () -> new HoldStream(channel, options.request(name, proclaimed), timeout);
    try {
      return what.isEmpty()
          ? stand(open)
          : new LockedRun(this, name, options.grace).run(open, what);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Signals.exitStatus("INT");
    }
  }

  private int stand(Supplier<HoldStream> open) throws InterruptedException {
    try (HoldStream holdStream = open.get()) {
      return stand(holdStream);
    }
  }

  private int stand(HoldStream holdStream) throws InterruptedException {
    if (!json()) {
      holdStream.observe();
    }
    long untilNanos = Long.MAX_VALUE;
    while (true) {
      HoldStream.Update update = token == 0 ? holdStream.next() : holdStream.next(untilNanos);
      if (update == null) {
        return lost("it was not renewed in time");
      }
      if (update instanceof HoldStream.Broken broken) {
        throw broken.error();
      }
      if (update instanceof HoldStream.Signalled signal && Signals.ends(signal.name())) {
        if (token != 0) {
          holdStream.release(token, timeout);
        }
        return Signals.exitStatus(signal.name());
      }
      if (update instanceof HoldStream.Signalled signal && Signals.stops(signal.name())) {
        printError("synod: " + HoldTexts.notSuspended(name, signal.name()));
      }
      if (update instanceof HoldStream.Seen seen) {
        printState("leader: " + HoldTexts.holder(seen.holder()));
      }
      if (update instanceof HoldStream.Arrived arrived) {
        HoldEvent event = arrived.event();
        if (event.hasLost()) {
          return ended(event);
        }
        if (event.hasGranted() || event.hasRenewed()) {
          untilNanos = arrived.untilNanos();
        }
        show(event);
      }
    }
  }

  private void show(HoldEvent event) {
    if (event.hasGranted()) {
      token = event.getGranted().getFencingToken();
    }
    if (json()) {
      printJson(event);
      out().flush();
    } else if (event.hasWaiting()) {
      printState(HoldTexts.waiting(name, event.getWaiting()));
    } else if (event.hasGranted()) {
      printState("elected: token " + Long.toUnsignedString(token));
    }
  }

  private int ended(HoldEvent event) {
    if (json()) {
      printJson(event);
    }
    Lost lost = event.getLost();
    return token == 0 && lost.getReason() == Lost.Reason.REASON_NOT_GRANTED
        ? fail(new CallFailure(ExitStatus.UNHEALTHY, "NOT_GRANTED", "another leads"))
        : lost(HoldTexts.reason(lost));
  }

  private int lost(String why) {
    return fail(
        new CallFailure(
            ExitStatus.OUTCOME_UNKNOWN,
            "LOST",
            "the election " + ValueText.text(name) + " is lost: " + why));
  }

  private void printState(String line) {
    print(line);
    out().flush();
  }
}
