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

/** {@code synod put}. */
@Command(
    name = "put",
    description = {"Writes the value of a key.", ""},
    footer = {"", "Exits with 3, and writes nothing, if --if-mod-index does not hold."})
public final class PutCommand extends ClientCommand {
  @Parameters(index = "0", paramLabel = "KEY", description = "The key.")
  String key = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VALUE",
      description = "The value; - takes standard input.")
  @Nullable String value;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Take the value from a file.")
  @Nullable Path file;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      converter = DurationOption.class,
      description = "How long it lives, such as 30s or 12h. Default: until it is deleted.")
  @Nullable Duration ttl;

  @Option(
      names = "--session",
      paramLabel = "ID",
      defaultValue = "",
      description = "It goes when this session goes; see synod session open.")
  String session = "";

  @Option(
      names = "--if-mod-index",
      paramLabel = "INDEX",
      description = "Only if the key was last written at this index; 0: only if it is absent.")
  @Nullable Long ifModIndex;

  @Option(
      names = "--request-id",
      paramLabel = "TEXT",
      description = "Exactly once: the same again is answered, not done again.")
  @Nullable String requestId;

  /** For picocli. */
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
    refuse(ttl != null && !session.isEmpty() ? "it ends by --ttl or with --session" : null);
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
