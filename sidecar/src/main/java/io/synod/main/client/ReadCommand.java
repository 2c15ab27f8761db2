package io.synod.main.client;

import com.google.protobuf.util.Durations;
import io.grpc.ManagedChannel;
import io.synod.main.ExitStatus;
import io.synod.v1.Entry;
import io.synod.v1.LogGrpc;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.ReadRequest;
import io.synod.v1.ReadResponse;
import io.synod.v1.ResponseInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code synod read}. */
@Command(
    name = "read",
    description = {"Reads the log.", ""},
    footer = {
      "",
      "Levels:",
      "  strong   linearizable; a quorum confirms it; fails without one (the default)",
      "  session  never older than what this sidecar acknowledged",
      "  bounded  at most --max-staleness behind, else an error",
      "  local    whatever is applied at this sidecar; needs nobody else"
    })
public final class ReadCommand extends ClientCommand {
  private static final int PAGE_MAX = 10_000;

  @Option(
      names = "--from",
      paramLabel = "INDEX",
      defaultValue = "0",
      description = "The first index; 0 is the oldest one kept. Default: ${DEFAULT-VALUE}")
  long from;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "At most so many entries. Default: one page, or with --follow all.")
  @Nullable Integer limit;

  @Option(
      names = "--level",
      paramLabel = "LEVEL",
      defaultValue = "strong",
      converter = Level.class,
      completionCandidates = Level.class,
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}")
  ReadLevel level = ReadLevel.READ_LEVEL_STRONG;

  @Option(
      names = "--max-staleness",
      paramLabel = "TIME",
      converter = DurationOption.class,
      description = "With --level bounded: how far behind is too far.")
  @Nullable Duration maxStaleness;

  @Option(
      names = "--at-least",
      paramLabel = "INDEX",
      defaultValue = "0",
      description = "Wait until this index is applied at the sidecar.")
  long atLeast;

  @Option(names = "--follow", description = "Page after page, up to the log's end at the start.")
  boolean follow;

  @Option(names = "--all", description = "Also entries that are not commands.")
  boolean all;

  /** For picocli. */
  public ReadCommand() {}

  @Override
  int run(ManagedChannel channel) {
    check();
    LogGrpc.LogBlockingStub stub = LogGrpc.newBlockingStub(channel);
    long left = limit != null ? limit : follow ? Long.MAX_VALUE : PAGE_MAX;
    boolean sized = limit != null || follow;
    long start = from;
    long through = -1;
    ReadResponse page;
    boolean header = !json();
    do {
      ReadRequest.Builder request =
          ReadRequest.newBuilder()
              .setOptions(options())
              .setStartIndex(start)
              .setIncludeInternal(all);
      if (sized) {
        request.setPageSize((int) Math.min(left, PAGE_MAX));
      }
      page = timed(stub).read(request.build());
      if (through < 0) {
        through = page.getInfo().getAppliedIndex();
      }
      if (header && page.getEntriesCount() > 0) {
        print(Entries.HEADER);
        header = false;
      }
      show(page);
      left -= page.getEntriesCount();
      boolean stuck = page.getNextIndex() <= start && page.getEntriesCount() == 0;
      start = page.getNextIndex();
      if (stuck) {
        break;
      }
    } while (follow && left > 0 && start <= through && !unread());
    if (!json()) {
      out().flush();
      say(summary(page));
    }
    return ExitStatus.OK;
  }

  private void check() {
    if ((level == ReadLevel.READ_LEVEL_BOUNDED) != (maxStaleness != null)) {
      throw usage("--level bounded and --max-staleness go together");
    }
    if (limit != null && limit < 1) {
      throw usage("--limit must be at least 1");
    }
    if (limit != null && limit > PAGE_MAX && !follow) {
      throw usage("--limit above " + PAGE_MAX + " takes several pages: add --follow");
    }
    if (from < 0 || atLeast < 0) {
      throw usage("an index is not negative");
    }
  }

  private ReadOptions options() {
    ReadOptions.Builder options = ReadOptions.newBuilder().setLevel(level).setAtLeastIndex(atLeast);
    if (maxStaleness != null) {
      options.setMaxStaleness(Durations.fromMillis(maxStaleness.toMillis()));
    }
    return options.build();
  }

  private void show(ReadResponse page) {
    if (json()) {
      printJson(page);
      return;
    }
    for (Entry entry : page.getEntriesList()) {
      print(Entries.row(entry));
    }
  }

  private static String summary(ReadResponse page) {
    ResponseInfo info = page.getInfo();
    String level = Words.word("READ_LEVEL_", info.getEffectiveLevel());
    String staleness =
        info.hasStaleness() ? "staleness " + Shown.span(info.getStaleness()) : "no leader heard";
    String more =
        page.getNextIndex() <= info.getAppliedIndex()
            ? "more: --from " + page.getNextIndex()
            : "end of the log";
    return Shown.format(
        "# %s read at %s, applied through index %d, %s; %s",
        level, Shown.node(info.getNodeId()), info.getAppliedIndex(), staleness, more);
  }

  /** For picocli. */
  public static final class Level extends Words<ReadLevel> {
    /** For picocli. */
    public Level() {
      super(ReadLevel.class, "READ_LEVEL_");
    }
  }
}
