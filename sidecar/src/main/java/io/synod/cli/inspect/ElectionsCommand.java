package io.synod.cli.inspect;

import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.Columns;
import io.synod.cli.shared.EnumNames;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ValueText;
import io.synod.v1.Election;
import io.synod.v1.InspectGrpc;
import io.synod.v1.ListElectionsRequest;
import io.synod.v1.ListElectionsResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code synod elections} command. */
@Command(
    name = "elections",
    description = {"List the elections that this sidecar saw, newest first.", ""})
public final class ElectionsCommand extends ClientCommand {
  private static final Columns COLUMNS =
      Columns.none()
          .left("BEGUN", 24)
          .right("BALLOT", 9)
          .left("RESULT", 6)
          .left("TOOK", 10)
          .left("PROMISED BY", 17)
          .left("REFUSED BY", 17)
          .left("REASON", 0);

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "List at most this many. Default: ${DEFAULT-VALUE}")
  int limit;

  /** Called by picocli. */
  public ElectionsCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
    if (limit < 1) {
      throw usage("--limit must be at least 1");
    }
    ListElectionsResponse response =
        timed(InspectGrpc.newBlockingStub(channel))
            .listElections(ListElectionsRequest.newBuilder().setLimit(limit).build());
    if (json()) {
      printJson(response);
      return ExitStatus.OK;
    }
    if (response.getElectionsCount() == 0) {
      printError(
          "# " + ValueText.node(response.getInfo().getNodeId()) + " has seen no election yet");
      return ExitStatus.OK;
    }
    print(COLUMNS.header());
    response.getElectionsList().forEach(election -> print(row(election)));
    return ExitStatus.OK;
  }

  private static String row(Election election) {
    String took =
        election.hasEndTime()
            ? ValueText.span(Timestamps.between(election.getStartTime(), election.getEndTime()))
            : "-";
    return COLUMNS.row(
        ValueText.time(election.getStartTime()),
        ValueText.ballot(election.getBallot()),
        EnumNames.name("RESULT_", election.getResult()),
        took,
        ValueText.nodes(election.getPromisedByList()),
        ValueText.nodes(election.getRefusedByList()),
        ValueText.line(election.getReason()));
  }
}
