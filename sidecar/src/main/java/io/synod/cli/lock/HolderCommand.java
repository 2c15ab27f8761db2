package io.synod.cli.lock;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Interruption;
import io.synod.cli.shared.ReadLevelOptions;
import io.synod.cli.shared.ValueText;
import io.synod.v1.GetHolderRequest;
import io.synod.v1.Holder;
import io.synod.v1.LocksGrpc;
import io.synod.v1.ObserveHolderRequest;
import java.util.Iterator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code synod holder} command. */
@Command(
    name = "holder",
    description = {"Show who holds a lock, or leads in an election.", ""},
    footer = {"", "Exits with 3 if the lock is free.", "", ReadLevelOptions.LEVELS})
public final class HolderCommand extends ClientCommand {
  @Parameters(paramLabel = "NAME", description = "The lock.")
  String name = "";

  @Mixin ReadLevelOptions readLevelOptions = new ReadLevelOptions();

  @Option(names = "--value", description = "Print only the holder's value, as its bytes.")
  boolean value;

  @Option(
      names = "--follow",
      description = "Print the holder, and each change of it, until Ctrl-C.")
  boolean follow;

  /** Called by picocli. */
  public HolderCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
    refuse(readLevelOptions.fault());
    refuse(follow && value ? "--value is for one answer: leave --follow out" : null);
    if (follow) {
      return follow(LocksGrpc.newBlockingStub(channel));
    }
    Holder holder =
        timed(LocksGrpc.newBlockingStub(channel))
            .getHolder(
                GetHolderRequest.newBuilder()
                    .setName(name)
                    .setOptions(readLevelOptions.options())
                    .build());
    if (!value || json()) {
      show(holder);
    } else if (holder.getHeld()) {
      if (terminal()) {
        print(ValueText.command(holder.getValue()));
      } else {
        print(holder.getValue());
      }
    }
    return holder.getHeld() ? ExitStatus.OK : ExitStatus.UNHEALTHY;
  }

  private int follow(LocksGrpc.LocksBlockingStub stub) {
    ObserveHolderRequest request = ObserveHolderRequest.newBuilder().setName(name).build();
    try (Interruption interruption = new Interruption()) {
      try {
        interruption.context().run(() -> showAll(stub.observeHolder(request)));
      } catch (StatusRuntimeException e) {
        if (!interruption.happened()) {
          throw e;
        }
      }
    }
    return ExitStatus.OK;
  }

  private void showAll(Iterator<Holder> stream) {
    while (stream.hasNext()) {
      show(stream.next());
      if (unread()) {
        return;
      }
    }
    throw Status.UNAVAILABLE.asRuntimeException();
  }

  private void show(Holder holder) {
    if (json()) {
      printJson(holder);
    } else {
      print(HoldTexts.holder(holder));
    }
  }
}
