package io.synod.cli.log;

import com.google.protobuf.util.Durations;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.synod.cli.kv.KeyWatch;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.DurationOption;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.Interruption;
import io.synod.cli.shared.ValueText;
import io.synod.v1.Entry;
import io.synod.v1.KVGrpc;
import io.synod.v1.KVGrpc.KVBlockingStub;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.LogGrpc;
import io.synod.v1.WatchProgress;
import io.synod.v1.WatchRequest;
import io.synod.v1.WatchResponse;
import io.synod.v1.WatchStarted;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code synod watch}. */
@Command(
    name = "watch",
    description = {
      "Follows the log: every entry from an index on, in order, none missing, none twice.",
      "With --prefix or --key it follows keys instead: every change, in order, none twice.",
      "Ctrl-C ends it and says where to go on.",
      ""
    },
    footer = {"", "With --output json: an entry a line; of keys, all changes of one index a line."})
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

  @Option(names = "--all", description = "Of the log: also entries that are not commands.")
  boolean all;

  @Option(
      names = "--consumer",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Of the log: begin after what this consumer acknowledged at this sidecar.")
  String consumer = "";

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      description = "Follow the keys that begin so; '' follows every key.")
  @Nullable String prefix;

  @Option(names = "--key", paramLabel = "KEY", description = "Follow this key.")
  @Nullable String key;

  @Option(
      names = "--initial-state",
      description = "Of keys: first what there is, then what changes, with nothing in between.")
  boolean initialState;

  @Option(names = "--previous", description = "Of keys: also what was there before a change.")
  boolean previous;

  private long seen;
  private long next;

  /** For picocli. */
  public WatchCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
    check();
    if (prefix != null || key != null) {
      return watchKeys(KVGrpc.newBlockingStub(channel));
    }
    WatchRequest request =
        WatchRequest.newBuilder()
            .setStartIndex(from)
            .setConsumer(consumer)
            .setIncludeInternal(all)
            .setProgressInterval(Durations.fromMillis(progress.toMillis()))
            .build();
    next = from;
    return untilInterrupted(
        () -> follow(LogGrpc.newBlockingStub(channel).watch(request)), () -> sayWhere(next, ""));
  }

  private void check() {
    boolean keys = prefix != null || key != null;
    refuse(from < 0 || count < 0 ? "--from and --count are not negative" : null);
    refuse(prefix != null && key != null ? "give --prefix or --key" : null);
    refuse(
        !keys && (initialState || previous)
            ? "--initial-state and --previous want --prefix or --key"
            : null);
    refuse(
        keys && (all || !consumer.isEmpty())
            ? "--all and --consumer are of the log, --prefix and --key are not"
            : null);
    refuse(initialState && from > 0 ? "give --from or --initial-state" : null);
    refuse(!consumer.isEmpty() && from > 0 ? "give --from or --consumer" : null);
  }

  private int watchKeys(KVBlockingStub stub) {
    KvWatchRequest request =
        KvWatchRequest.newBuilder()
            .setKey(key != null ? key : Objects.requireNonNullElse(prefix, ""))
            .setPrefix(key == null)
            .setStartIndex(from)
            .setInitialState(initialState)
            .setPrevious(previous)
            .setProgressInterval(Durations.fromMillis(progress.toMillis()))
            .build();
    KeyWatch watch = new KeyWatch(this, request, count);
    String what = (key == null ? "--prefix " : "--key ") + ValueText.word(request.getKey()) + " ";
    return untilInterrupted(
        () -> watch.follow(stub.watch(request)), () -> sayWhere(watch.next(), what));
  }

  private int untilInterrupted(Runnable follow, Runnable lastWords) {
    try (Interruption interruption = new Interruption()) {
      try {
        interruption.context().run(follow);
      } catch (StatusRuntimeException e) {
        if (!interruption.happened()) {
          lastWords.run();
          throw e;
        }
      }
      lastWords.run();
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
          ValueText.format(
              "# watching at %s from index %d; it has applied %d and keeps %d and above",
              ValueText.node(started.getNodeId()),
              started.getStartIndex(),
              started.getAppliedIndex(),
              started.getOldestIndex()));
      print(EntryColumns.HEADER);
    }
  }

  private void show(Entry entry) {
    if (json()) {
      printJson(entry);
    } else {
      print(EntryColumns.row(entry));
    }
    next = entry.getIndex() + 1;
  }

  private void progressed(WatchProgress at) {
    next = Math.max(next, at.getIndex() + 1);
  }

  private void sayWhere(long from, String what) {
    out().flush();
    if (!json() && from > 0) {
      say("# go on with: synod watch " + what + "--from " + from);
    } else if (!json() && initialState) {
      say("# begin again: synod watch " + what + "--initial-state");
    }
  }
}
