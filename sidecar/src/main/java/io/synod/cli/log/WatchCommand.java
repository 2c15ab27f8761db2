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

/** The {@code synod watch} command. */
@Command(
    name = "watch",
    description = {
      "Follow the log: every entry from an index on, in order, without gaps or repetitions.",
      "With --prefix or --key it follows keys: every change, in order, without repetitions.",
      "Ctrl-C ends it and prints how to resume.",
      ""
    },
    footer = {"", "With --output json, a line is an entry or, of keys, all changes of one index."})
public final class WatchCommand extends ClientCommand {
  @Option(
      names = "--from",
      paramLabel = "INDEX",
      defaultValue = "0",
      description = "The first index; 0: the next one to be applied. Default: 0")
  long from;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "0",
      description = "End after this many entries; 0: no end. Default: 0")
  long count;

  @Option(
      names = "--progress",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = DurationOption.class,
      description = "How often to report progress. Default: ${DEFAULT-VALUE}")
  Duration progress = Duration.ofSeconds(5);

  @Option(names = "--all", description = "Of the log: also print entries that are not commands.")
  boolean all;

  @Option(
      names = "--consumer",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Of the log: start after what this consumer acknowledged at this sidecar.")
  String consumer = "";

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      description = "Follow the keys with this prefix; '': all keys.")
  @Nullable String prefix;

  @Option(names = "--key", paramLabel = "KEY", description = "Follow this key.")
  @Nullable String key;

  @Option(
      names = "--initial-state",
      description = "Of keys: first the current pairs, then the changes, without a gap.")
  boolean initialState;

  @Option(names = "--previous", description = "Of keys: also print the value before a change.")
  boolean previous;

  private long seen;
  private long next;

  /** Called by picocli. */
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
        () -> follow(LogGrpc.newBlockingStub(channel).watch(request)),
        () -> printPosition(next, ""));
  }

  private void check() {
    boolean keys = prefix != null || key != null;
    refuse(from < 0 || count < 0 ? "--from and --count must not be negative" : null);
    refuse(prefix != null && key != null ? "give --prefix or --key, not both" : null);
    refuse(
        !keys && (initialState || previous)
            ? "--initial-state and --previous want --prefix or --key"
            : null);
    refuse(
        keys && (all || !consumer.isEmpty())
            ? "--all and --consumer cannot be combined with --prefix or --key"
            : null);
    refuse(initialState && from > 0 ? "give --from or --initial-state, not both" : null);
    refuse(!consumer.isEmpty() && from > 0 ? "give --from or --consumer, not both" : null);
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
        () -> watch.follow(stub.watch(request)), () -> printPosition(watch.next(), what));
  }

  private int untilInterrupted(Runnable follow, Runnable atEnd) {
    try (Interruption interruption = new Interruption()) {
      try {
        interruption.context().run(follow);
      } catch (StatusRuntimeException e) {
        if (!interruption.happened()) {
          atEnd.run();
          throw e;
        }
      }
      atEnd.run();
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
          // A later version may send other messages, which are ignored.
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
      printError(
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

  private void printPosition(long from, String what) {
    out().flush();
    if (!json() && from > 0) {
      printError("# go on with: synod watch " + what + "--from " + from);
    } else if (!json() && initialState) {
      printError("# start again with: synod watch " + what + "--initial-state");
    }
  }
}
