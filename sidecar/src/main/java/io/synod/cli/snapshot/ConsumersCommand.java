package io.synod.cli.snapshot;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ReadLevelOptions;
import io.synod.cli.shared.ValueText;
import io.synod.v1.DropConsumerRequest;
import io.synod.v1.DropConsumerResponse;
import io.synod.v1.ListConsumersRequest;
import io.synod.v1.ListConsumersResponse;
import io.synod.v1.ListConsumersResponse.Consumer;
import io.synod.v1.ListConsumersResponse.Copy;
import io.synod.v1.LogGrpc;
import io.synod.v1.SnapshotInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The {@code synod consumers} command. */
@Command(
    name = "consumers",
    description = {
      "List the consumers of the log: applications with a state of their own, and their progress.",
      ""
    },
    footer = {"", ReadLevelOptions.LEVELS},
    subcommands = ConsumersCommand.Drop.class)
public final class ConsumersCommand extends ClientCommand {
  @Mixin ReadLevelOptions readLevelOptions = new ReadLevelOptions();

  /** Called by picocli. */
  public ConsumersCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
    refuse(readLevelOptions.fault());
    ListConsumersResponse response =
        timed(LogGrpc.newBlockingStub(channel))
            .listConsumers(
                ListConsumersRequest.newBuilder().setOptions(readLevelOptions.options()).build());
    if (json()) {
      printJson(response);
      return ExitStatus.OK;
    }
    response.getConsumersList().forEach(this::show);
    out().flush();
    printError(
        "# "
            + ValueText.count(response.getConsumersCount(), "consumer", "consumers")
            + "; "
            + ReadLevelOptions.text(response.getInfo()));
    return ExitStatus.OK;
  }

  private void show(Consumer consumer) {
    print(
        ValueText.line(consumer.getName())
            + ": needs the log from index "
            + consumer.getNeedsFrom()
            + (consumer.getDivergedAt() == 0
                ? ""
                : "; COPIES DIFFER at index " + consumer.getDivergedAt()));
    for (Copy copy : consumer.getCopiesList()) {
      print(
          "  "
              + ValueText.node(copy.getNodeId())
              + " acknowledged index "
              + copy.getAckedIndex()
              + (copy.hasAckTime() ? ", " + ValueText.time(copy.getAckTime()) : "")
              + (copy.getLapsed() ? ", LAPSED: the log is no longer kept for it" : ""));
    }
    if (consumer.hasSnapshot()) {
      SnapshotInfo snapshot = consumer.getSnapshot();
      print("  snapshot " + SnapshotFiles.text(snapshot));
    }
  }

  /** The {@code synod consumers drop} command. */
  @Command(
      name = "drop",
      description = {
        "Forget a consumer that will not come back: all its copies and its snapshots.",
        ""
      })
  static final class Drop extends ClientCommand {
    @Parameters(paramLabel = "NAME", description = "The consumer.")
    String name = "";

    @Override
    protected boolean acts() {
      return true;
    }

    @Override
    protected int run(ManagedChannel channel) {
      DropConsumerResponse response =
          timed(LogGrpc.newBlockingStub(channel))
              .dropConsumer(DropConsumerRequest.newBuilder().setConsumer(name).build());
      if (json()) {
        printJson(response);
      } else {
        print("dropped");
      }
      return ExitStatus.OK;
    }
  }
}
