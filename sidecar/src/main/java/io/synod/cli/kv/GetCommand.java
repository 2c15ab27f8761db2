package io.synod.cli.kv;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.CallFailure;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ReadLevelOptions;
import io.synod.cli.shared.ValueText;
import io.synod.v1.GetRequest;
import io.synod.v1.GetResponse;
import io.synod.v1.KVGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code synod get}. */
@Command(
    name = "get",
    description = {
      "Prints the value of a key: on a terminal as text, into a pipe or a file its very bytes.",
      ""
    },
    footer = {"", "Exits with 3 if there is no such key.", "", ReadLevelOptions.LEVELS})
public final class GetCommand extends ClientCommand {
  @Parameters(paramLabel = "KEY", description = "The key.")
  String key = "";

  @Mixin ReadLevelOptions readLevelOptions = new ReadLevelOptions();

  @Option(
      names = "--at-index",
      paramLabel = "INDEX",
      defaultValue = "0",
      description = "What it was just after this index, while that is kept. Default: now.")
  long atIndex;

  @Option(
      names = {"-v", "--verbose"},
      description = "Also its indexes and version, beside the value; on a terminal always.")
  boolean verbose;

  /** For picocli. */
  public GetCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
    refuse(readLevelOptions.fault());
    refuse(atIndex < 0 ? "an index is not negative" : null);
    GetResponse response =
        timed(KVGrpc.newBlockingStub(channel))
            .get(
                GetRequest.newBuilder()
                    .setKey(key)
                    .setOptions(readLevelOptions.options())
                    .setAtIndex(atIndex)
                    .build());
    if (json()) {
      printJson(response);
      return response.hasKv() ? ExitStatus.OK : ExitStatus.UNHEALTHY;
    }
    if (!response.hasKv()) {
      return fail(
          new CallFailure(
              ExitStatus.UNHEALTHY, "ABSENT", "there is no key " + ValueText.text(key)));
    }
    if (terminal()) {
      print(ValueText.command(response.getKv().getValue()));
    } else {
      print(response.getKv().getValue());
    }
    if (verbose || terminal()) {
      out().flush();
      say(
          "# "
              + PairText.details(response.getKv())
              + "; "
              + ReadLevelOptions.told(response.getInfo()));
    }
    return ExitStatus.OK;
  }
}
