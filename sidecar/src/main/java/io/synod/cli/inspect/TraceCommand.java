package io.synod.cli.inspect;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.EnumNames;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Interruption;
import io.synod.cli.shared.ValueText;
import io.synod.v1.InspectGrpc;
import io.synod.v1.StreamTraceRequest;
import io.synod.v1.TraceEvent;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The {@code synod trace} command. */
@Command(
    name = "trace",
    description = {
      "Print protocol events as they happen at this sidecar. Ctrl-C ends it.",
      "Tracing never slows the protocol: events that were dropped are shown as a gap.",
      ""
    })
public final class TraceCommand extends ClientCommand {
  @Option(
      names = "--type",
      paramLabel = "TYPE",
      split = ",",
      converter = Type.class,
      completionCandidates = Type.class,
      description = "Only events of these types: ${COMPLETION-CANDIDATES}. Default: all")
  List<TraceEvent.Type> types = List.of();

  @Option(
      names = "--slot",
      paramLabel = "SLOT",
      defaultValue = "0",
      description = "Only events of this slot; 0: any slot. Default: 0")
  long slot;

  @Option(
      names = "--from-oldest",
      description = "Start with the events that are still kept, instead of now.")
  boolean fromOldest;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "0",
      description = "End after this many events; 0: no end. Default: 0")
  long count;

  private long seen;
  private long last;

  /** Called by picocli. */
  public TraceCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
    if (slot < 0 || count < 0) {
      throw usage("--slot and --count must not be negative");
    }
    StreamTraceRequest request =
        StreamTraceRequest.newBuilder()
            .addAllTypes(types)
            .setSlot(slot)
            .setFromOldest(fromOldest)
            .build();
    try (Interruption interruption = new Interruption()) {
      try {
        interruption
            .context()
            .run(() -> follow(InspectGrpc.newBlockingStub(channel).streamTrace(request)));
      } catch (StatusRuntimeException e) {
        if (!interruption.happened()) {
          throw e;
        }
      }
      out().flush();
    }
    return ExitStatus.OK;
  }

  private void follow(Iterator<TraceEvent> stream) {
    while (stream.hasNext()) {
      show(stream.next());
      if (++seen == count || unread()) {
        return;
      }
    }
    throw Status.UNAVAILABLE.asRuntimeException();
  }

  private void show(TraceEvent event) {
    if (json()) {
      printJson(event);
      return;
    }
    // With a filter, missing numbers belong to events that were not asked for.
    boolean complete = types.isEmpty() && slot == 0;
    if (complete && last > 0 && event.getNumber() > last + 1) {
      print("# gap: events " + (last + 1) + " to " + (event.getNumber() - 1) + " were dropped");
    }
    last = event.getNumber();
    StringBuilder row = new StringBuilder();
    row.append(
        ValueText.format(
            "%s  %6d  %-14s ballot %-8s",
            ValueText.time(event.getTime()),
            event.getNumber(),
            EnumNames.name("TYPE_", event.getType()),
            ValueText.ballot(event.getBallot())));
    if (event.getFirstSlot() != 0 || event.getLastSlot() != 0) {
      row.append("  ").append(slots(event.getFirstSlot(), event.getLastSlot()));
    }
    if (!event.getPeerId().isEmpty()) {
      row.append("  with ").append(ValueText.node(event.getPeerId()));
    }
    if (!event.getDetail().isEmpty()) {
      row.append("  ").append(ValueText.line(event.getDetail()));
    }
    print(row.toString().stripTrailing());
  }

  private static String slots(long first, long last) {
    return last <= first ? "slot " + first : "slots " + first + ".." + last;
  }

  /** Called by picocli. */
  public static final class Type extends EnumNames<TraceEvent.Type> {
    /** Called by picocli. */
    public Type() {
      super(TraceEvent.Type.class, "TYPE_");
    }
  }
}
