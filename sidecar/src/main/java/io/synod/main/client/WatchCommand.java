package io.synod.main.client;

import com.google.protobuf.util.Durations;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.synod.main.ExitStatus;
import io.synod.v1.Entry;
import io.synod.v1.LogGrpc;
import io.synod.v1.WatchProgress;
import io.synod.v1.WatchRequest;
import io.synod.v1.WatchResponse;
import io.synod.v1.WatchStarted;
import java.time.Duration;
import java.util.Iterator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code synod watch}. */
@Command(
    name = "watch",
    description = {
      "Follows the log: every entry from an index on, in order, none missing, none twice.",
      "Ctrl-C ends it and says where to go on.",
      ""
    })
public final class WatchCommand extends ClientCommand {
  @Option(
      names = "--from",
      paramLabel = "INDEX",
      defaultValue = "0",
      description = "The first index; 0 begins with what is applied next. Default: 0")
  long from;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "0",
      description = "End after so many entries; 0 goes on. Default: 0")
  long count;

  @Option(
      names = "--progress",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = DurationOption.class,
      description = "How often a quiet watch says where it is. Default: ${DEFAULT-VALUE}")
  Duration progress = Duration.ofSeconds(5);

  @Option(names = "--all", description = "Also entries that are not commands.")
  boolean all;

  private long seen;
  private long next;

  /** For picocli. */
  public WatchCommand() {}

  @Override
  int run(ManagedChannel channel) {
    if (from < 0 || count < 0) {
      throw usage("--from and --count are not negative");
    }
    WatchRequest request =
        WatchRequest.newBuilder()
            .setStartIndex(from)
            .setIncludeInternal(all)
            .setProgressInterval(Durations.fromMillis(progress.toMillis()))
            .build();
    next = from;
    try (Interruption interruption = new Interruption()) {
      try {
        Context context = interruption.context();
        context.run(() -> follow(LogGrpc.newBlockingStub(channel).watch(request)));
      } catch (StatusRuntimeException e) {
        if (!interruption.happened()) {
          sayWhere();
          throw e;
        }
      }
      sayWhere();
    }
    return ExitStatus.OK;
  }

  private void follow(Iterator<WatchResponse> stream) {
    while (stream.hasNext()) {
      WatchResponse response = stream.next();
      switch (response.getEventCase()) {
        case STARTED -> started(response.getStarted());
        case BATCH -> {
          for (Entry entry : response.getBatch().getEntriesList()) {
            show(entry);
            if (++seen == count) {
              return;
            }
          }
        }
        case PROGRESS -> progressed(response.getProgress());
        default -> {
          // A later sidecar may say more; what was asked for still comes complete.
        }
      }
      if (unread()) {
        return;
      }
    }
    throw Status.UNAVAILABLE.asRuntimeException();
  }

  private void started(WatchStarted started) {
    next = Math.max(next, started.getStartIndex());
    if (!json()) {
      say(
          Shown.format(
              "# watching at %s from index %d; it has applied %d and keeps %d and above",
              Shown.node(started.getNodeId()),
              started.getStartIndex(),
              started.getAppliedIndex(),
              started.getOldestIndex()));
      print(Entries.HEADER);
    }
  }

  private void show(Entry entry) {
    if (json()) {
      printJson(entry);
    } else {
      print(Entries.row(entry));
    }
    next = entry.getIndex() + 1;
  }

  private void progressed(WatchProgress at) {
    next = Math.max(next, at.getIndex() + 1);
  }

  private void sayWhere() {
    out().flush();
    if (!json() && next > 0) {
      say("# go on with: synod watch --from " + next);
    }
  }
}
