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

/** The {@code synod get} command. */
@Command(
    name = "get",
    description = {
      "Print the value of a key: on a terminal as text, into a pipe or a file as its bytes.",
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
      description =
          "Read the state just after this index, if it is still kept. Default: the newest.")
  long atIndex;

  @Option(
      names = {"-v", "--verbose"},
      description = "Also print indexes and version; always done on a terminal.")
  boolean verbose;

  /** Called by picocli. */
  public GetCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
    refuse(readLevelOptions.fault());
    refuse(atIndex < 0 ? "--at-index must not be negative" : null);
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
      printError(
          "# "
              + PairText.details(response.getKv())
              + "; "
              + ReadLevelOptions.text(response.getInfo()));
    }
    return ExitStatus.OK;
  }
}
