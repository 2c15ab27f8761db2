package io.synod.cli.shared;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that calls one sidecar and prints its answers. */
@SuppressWarnings("NullAway.Init")
public // picocli sets the fields
abstract class ClientCommand implements Callable<Integer> {
  private static final JsonFormat.Printer JSON =
      JsonFormat.printer().omittingInsignificantWhitespace().alwaysPrintFieldsWithNoPresence();

  @Spec CommandSpec spec;

  @Option(
      names = "--endpoint",
      paramLabel = "HOST:PORT|unix:PATH",
      defaultValue = "${env:SYNOD_ENDPOINT:-127.0.0.1:7401}",
      converter = Endpoint.Converter.class,
      description = "Address of the sidecar's API (env SYNOD_ENDPOINT). Default: ${DEFAULT-VALUE}")
  public Endpoint endpoint;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "${env:SYNOD_TIMEOUT:-5s}",
      converter = DurationOption.class,
      description = "How long to wait for an answer (env SYNOD_TIMEOUT). Default: ${DEFAULT-VALUE}")
  public Duration timeout;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "human|json",
      defaultValue = "human",
      converter = OutputFormat.Converter.class,
      completionCandidates = OutputFormat.Converter.class,
      description = "Format: text, or one JSON document a line. Default: ${DEFAULT-VALUE}")
  OutputFormat outputFormat;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  /** Makes the calls and returns the exit status. */
  protected abstract int run(ManagedChannel channel) throws IOException;

  /**
   * Whether calls of this command may change the log, so that a lost answer means an unknown
   * outcome.
   */
  protected boolean acts() {
    return false;
  }

  @Override
  public final Integer call() {
    if (timeout.isZero()) {
      throw new ParameterException(spec.commandLine(), "--timeout must be longer than 0");
    }
    ManagedChannel channel = endpoint.channel().build();
    try {
      return run(channel);
    } catch (StatusRuntimeException e) {
      return fail(CallFailure.of(e, endpoint, acts()));
    } catch (IOException e) {
      return fail(new CallFailure(ExitStatus.ERROR, "IO", String.valueOf(e.getMessage())));
    } finally {
      out().flush();
      channel.shutdownNow();
    }
  }

  public final int fail(CallFailure callFailure) {
    out().flush();
    printError("synod: " + callFailure.line());
    return callFailure.exitStatus();
  }

  /** The stub with the deadline of one call. */
  public final <S extends AbstractStub<S>> S timed(S stub) {
    return stub.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  public final boolean json() {
    return outputFormat == OutputFormat.JSON;
  }

  public final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  public final void print(String line) {
    out().println(line);
  }

  /** Prints these bytes unchanged. */
  public final void print(ByteString bytes) {
    if (out() instanceof Console console) {
      console.print(bytes);
    } else {
      out().print(bytes.toStringUtf8());
    }
  }

  /** Whether standard output is a terminal, as reported by the launcher. */
  public static boolean terminal() {
    return Boolean.getBoolean("synod.terminal");
  }

  /** Prints a message to standard error. */
  public final void printError(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }

  public final void printJson(Message message) {
    try {
      out().println(JSON.print(message));
    } catch (InvalidProtocolBufferException e) {
      // Only an Any of an unknown type cannot be printed, and no answer holds one.
      throw new IllegalStateException("an answer that JSON cannot hold", e);
    }
  }

  /** Whether the reader of the output is gone, so that further output is useless. */
  public final boolean unread() {
    return out().checkError();
  }

  /** Throws a usage error if there is a fault. */
  public final void refuse(@Nullable String fault) {
    if (fault != null) {
      throw usage(fault);
    }
  }

  public final ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
