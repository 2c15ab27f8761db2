package io.synod.cli.inspect;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.v1.DecisionRecord;
import io.synod.v1.Election;
import io.synod.v1.GetDecisionRequest;
import io.synod.v1.InspectGrpc;
import io.synod.v1.InspectGrpc.InspectBlockingStub;
import io.synod.v1.ListElectionsRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code synod explain} command. */
@Command(
    name = "explain",
    description = {
      "Show how a slot was decided, in the six steps of Paxos, from the acceptors' own disks.",
      ""
    },
    footer = {
      "",
      "The sidecar asks every voter for its record of the slot; voters that do not answer are"
          + " named. Times are by each node's own wall clock. No command's bytes are shown."
    })
public final class ExplainCommand extends ClientCommand {
  private static final int ELECTIONS_MAX = 1000;

  @ArgGroup(multiplicity = "1")
  @Nullable SlotOrIndex place;

  /** Called by picocli. */
  public ExplainCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
    InspectBlockingStub inspect = InspectGrpc.newBlockingStub(channel);
    DecisionRecord decision = timed(inspect).getDecision(request());
    if (json()) {
      printJson(decision);
      return ExitStatus.OK;
    }
    ListElectionsRequest all = ListElectionsRequest.newBuilder().setLimit(ELECTIONS_MAX).build();
    Election election =
        timed(inspect).listElections(all).getElectionsList().stream()
            .filter(e -> e.getBallot().equals(decision.getChosenBallot()))
            .findFirst()
            .orElse(null);
    new Explanation(decision, election).lines().forEach(this::print);
    return ExitStatus.OK;
  }

  private GetDecisionRequest request() {
    GetDecisionRequest.Builder request = GetDecisionRequest.newBuilder();
    if (place != null && place.slot != null) {
      if (place.slot < 1) {
        throw usage("slots are counted from 1");
      }
      return request.setSlot(place.slot).build();
    }
    if (place != null && place.index != null && place.index >= 1) {
      return request.setIndex(place.index).build();
    }
    throw usage("indexes are counted from 1");
  }

  /** The slot, or an index in it. */
  static final class SlotOrIndex {
    @Parameters(paramLabel = "SLOT", description = "A Paxos slot.")
    @Nullable Long slot;

    @Option(
        names = "--index",
        paramLabel = "INDEX",
        description = "Or the index of an entry in the slot.")
    @Nullable Long index;
  }
}
