package io.synod.cli.kv;

import com.google.protobuf.util.Durations;
import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.DurationOption;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.InputSource;
import io.synod.v1.KVGrpc;
import io.synod.v1.PutRequest;
import io.synod.v1.PutResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code synod put} command. */
@Command(
    name = "put",
    description = {"Write the value of a key.", ""},
    footer = {"", "Exits with 3, and writes nothing, if --if-mod-index does not hold."})
public final class PutCommand extends ClientCommand {
  @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
  String key = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VALUE",
      description = "The value; -: standard input.")
  @Nullable String value;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Read the value from a file.")
  @Nullable Path file;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      converter = DurationOption.class,
      description = "Time to live, such as 30s or 12h. Default: until it is deleted.")
  @Nullable Duration ttl;

  @Option(
      names = "--session",
      paramLabel = "ID",
      defaultValue = "",
      description = "Delete the key when this session ends; see synod session open.")
  String session = "";

  @Option(
      names = "--if-mod-index",
      paramLabel = "INDEX",
      description =
          "Write only if the key was last written at this index; 0: only if it is absent.")
  @Nullable Long ifModIndex;

  @Option(
      names = "--request-id",
      paramLabel = "TEXT",
      description = "Exactly once: a repetition with this id is answered, not executed again.")
  @Nullable String requestId;

  /** Called by picocli. */
  public PutCommand() {}

  @Override
  protected boolean acts() {
    return true;
  }

  @Override
  protected int run(ManagedChannel channel) throws IOException {
    refuse(
        (value == null) == (file == null)
            ? "give the VALUE, or - for standard input, or --file"
            : null);
    refuse(
        ttl != null && !session.isEmpty()
            ? "give --ttl or --session, not both: it ends by --ttl or with --session"
            : null);
    PutRequest.Builder request =
        PutRequest.newBuilder()
            .setKey(key)
            .setValue(InputSource.bytes(value, file))
            .setSessionId(session);
    if (ttl != null) {
      request.setTtl(Durations.fromMillis(ttl.toMillis()));
    }
    if (ifModIndex != null) {
      request.setIfModIndex(ifModIndex);
    }
    if (requestId != null) {
      request.setRequestId(requestId);
    }
    PutResponse response = timed(KVGrpc.newBlockingStub(channel)).put(request.build());
    if (json()) {
      printJson(response);
    } else {
      print(
          PairText.details(response.getKv())
              + (response.getDeduplicated() ? "  (the remembered answer)" : ""));
    }
    return ExitStatus.OK;
  }
}
