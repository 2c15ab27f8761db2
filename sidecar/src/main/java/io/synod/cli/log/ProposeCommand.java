package io.synod.cli.log;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.synod.cli.shared.CallFailure;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.InputSource;
import io.synod.cli.shared.ValueText;
import io.synod.v1.LogGrpc;
import io.synod.v1.LogGrpc.LogFutureStub;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.SessionSequence;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code synod propose} command. */
@Command(
    name = "propose",
    description = {
      "Put a command into the log. Success means: chosen by a quorum, durable there, and applied at"
          + " this sidecar.",
      ""
    },
    footer = {
      "",
      "With --lines every line is a command. Many are in flight at once, so their order in the log"
          + " may differ; --in-flight 1 keeps the order of the lines."
    })
public final class ProposeCommand extends ClientCommand {
  @Parameters(arity = "0..1", paramLabel = "TEXT", description = "The command; -: standard input.")
  @Nullable String text;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Read the command from a file.")
  @Nullable Path file;

  @Option(names = "--lines", description = "Propose each line of the input as a command.")
  boolean lines;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      defaultValue = "256",
      description = "With --lines: how many commands may be in flight. Default: ${DEFAULT-VALUE}")
  int inFlight;

  @Option(
      names = "--content-type",
      paramLabel = "TYPE",
      defaultValue = "",
      description = "A label that is delivered to readers and watchers with the command.")
  String contentType = "";

  @Option(
      names = "--session",
      paramLabel = "ID",
      description = "Exactly once: the session, from 'synod session open'.")
  @Nullable String session;

  @Option(
      names = "--sequence",
      paramLabel = "N",
      description = "Exactly once: the command's number in the session, from 1.")
  @Nullable Long sequence;

  @Option(
      names = "--acked-below",
      paramLabel = "N",
      description = "Exactly once: answers to sequences below N were received.")
  long ackedBelow;

  @Option(
      names = "--request-id",
      paramLabel = "TEXT",
      description = "Exactly once without a session: remembered for 100,000 indexes, and a minute.")
  @Nullable String requestId;

  @Option(
      names = "--wait-for",
      paramLabel = "CONSUMER",
      defaultValue = "",
      description = "Wait until this consumer's copy here has acknowledged the command too.")
  String waitFor = "";

  /** Called by picocli. */
  public ProposeCommand() {}

  @Override
  protected boolean acts() {
    return true;
  }

  @Override
  protected int run(ManagedChannel channel) throws IOException {
    check();
    if (lines) {
      try (InputStream in = InputSource.open(file)) {
        return proposeLines(LogGrpc.newFutureStub(channel), new Lines(in));
      }
    }
    ProposeRequest.Builder request = request(InputSource.bytes(text, file));
    if (session != null && sequence != null) {
      request.setSessionSequence(
          SessionSequence.newBuilder()
              .setSessionId(session)
              .setSequence(sequence)
              .setAckedBelow(ackedBelow));
    }
    if (requestId != null) {
      request.setRequestId(requestId);
    }
    show(timed(LogGrpc.newBlockingStub(channel)).propose(request.build()));
    return ExitStatus.OK;
  }

  private void check() {
    if ((text == null) == (file == null)) {
      throw usage("give the command as TEXT, - for standard input, or --file");
    }
    if (lines && file == null && !"-".equals(text)) {
      throw usage("--lines needs - (standard input) or --file");
    }
    if ((session == null) != (sequence == null)) {
      throw usage("give both --session and --sequence, or neither");
    }
    if (session != null && requestId != null) {
      throw usage("give --session or --request-id, not both");
    }
    if (lines && (session != null || requestId != null)) {
      throw usage("--lines cannot be combined with --session or --request-id");
    }
    if (inFlight < 1) {
      throw usage("--in-flight must be at least 1");
    }
  }

  private ProposeRequest.Builder request(ByteString command) {
    return ProposeRequest.newBuilder()
        .setCommand(command)
        .setContentType(contentType)
        .setWaitForConsumer(waitFor);
  }

  private void show(ProposeResponse response) {
    if (json()) {
      printJson(response);
      return;
    }
    print(
        "index "
            + response.getIndex()
            + "  slot "
            + response.getSlot()
            + "  ballot "
            + ValueText.ballot(response.getBallot())
            + (response.getDeduplicated() ? "  (the remembered answer)" : ""));
  }

  /**
   * Proposes the lines with a window of calls in flight; answers are printed in the order of the
   * lines.
   */
  private int proposeLines(LogFutureStub stub, Lines source) throws IOException {
    Queue<ListenableFuture<ProposeResponse>> window = new ArrayDeque<>(inFlight);
    Tally tally = new Tally();
    ByteString line = source.next();
    while (line != null && tally.callFailure == null) {
      if (window.size() == inFlight) {
        take(window.remove(), tally);
      } else {
        window.add(timed(stub).propose(request(line).build()));
        line = source.next();
      }
    }
    while (!window.isEmpty()) {
      take(window.remove(), tally);
    }
    return close(tally, line != null);
  }

  private void take(ListenableFuture<ProposeResponse> call, Tally tally) {
    tally.line++;
    try {
      ProposeResponse response = call.get();
      tally.acknowledged++;
      tally.lowest = Math.min(tally.lowest, response.getIndex());
      tally.highest = Math.max(tally.highest, response.getIndex());
      if (json()) {
        printJson(response);
      }
    } catch (ExecutionException e) {
      CallFailure callFailure =
          e.getCause() instanceof StatusRuntimeException error
              ? CallFailure.of(error, endpoint, true)
              : CallFailure.of(Status.UNKNOWN.asRuntimeException(), endpoint, true);
      tally.fail(callFailure);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.cancel(true);
      tally.fail(CallFailure.of(Status.CANCELLED.asRuntimeException(), endpoint, true));
    }
  }

  private int close(Tally tally, boolean unsent) {
    if (!json() && tally.acknowledged > 0) {
      print(
          ValueText.count(tally.acknowledged, "command", "commands")
              + " in the log, at indexes "
              + tally.lowest
              + " to "
              + tally.highest);
    }
    if (tally.callFailure == null) {
      return ExitStatus.OK;
    }
    out().flush();
    printError(
        "synod: line "
            + tally.failedLine
            + ": "
            + tally.callFailure.line()
            + (tally.failed == 1 ? "" : "; " + tally.failed + " lines failed")
            + (unsent ? "; lines after " + tally.line + " were not sent" : ""));
    return tally.callFailure.exitStatus();
  }

  /** The results of the lines so far. */
  private static final class Tally {
    private long line;
    private long acknowledged;
    private long failed;
    private long lowest = Long.MAX_VALUE;
    private long highest;
    private long failedLine;
    private @Nullable CallFailure callFailure;

    /** Keeps the failure to report: the first, unless a later one has an unknown outcome. */
    private void fail(CallFailure next) {
      failed++;
      if (callFailure == null
          || (next.exitStatus() == ExitStatus.OUTCOME_UNKNOWN
              && callFailure.exitStatus() != ExitStatus.OUTCOME_UNKNOWN)) {
        callFailure = next;
        failedLine = line;
      }
    }
  }

  /** Splits bytes at line feeds, independent of their encoding. */
  static final class Lines {
    private final InputStream in;
    private final byte[] buffer = new byte[1 << 16];
    private int at;
    private int end;

    Lines(InputStream in) {
      this.in = in;
    }

    /** The next line without its line feed; null at the end. */
    @Nullable ByteString next() throws IOException {
      ByteString.Output line = ByteString.newOutput();
      while (true) {
        if (at == end) {
          at = 0;
          end = Math.max(0, in.read(buffer));
          if (end == 0) {
            return line.size() == 0 ? null : line.toByteString();
          }
        }
        for (int i = at; i < end; i++) {
          if (buffer[i] == '\n') {
            line.write(buffer, at, i - at);
            at = i + 1;
            return line.toByteString();
          }
        }
        line.write(buffer, at, end - at);
        at = end;
      }
    }
  }
}
