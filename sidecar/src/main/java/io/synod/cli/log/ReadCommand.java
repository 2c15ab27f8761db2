package io.synod.cli.log;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ReadLevelOptions;
import io.synod.v1.Entry;
import io.synod.v1.LogGrpc;
import io.synod.v1.ReadRequest;
import io.synod.v1.ReadResponse;
import io.synod.v1.ResponseInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The {@code synod read} command. */
@Command(
    name = "read",
    description = {"Read the log.", ""},
    footer = {
      "",
      ReadLevelOptions.LEVELS,
    })
public final class ReadCommand extends ClientCommand {
  private static final int PAGE_MAX = 10_000;

  @Option(
      names = "--from",
      paramLabel = "INDEX",
      defaultValue = "0",
      description = "The first index; 0: the oldest one kept. Default: ${DEFAULT-VALUE}")
  long from;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Read at most this many entries. Default: one page, or with --follow all.")
  @Nullable Integer limit;

  @Mixin ReadLevelOptions readLevelOptions = new ReadLevelOptions();

  @Option(
      names = "--follow",
      description = "Read page by page, up to what was the end of the log at the start.")
  boolean follow;

  @Option(names = "--all", description = "Also print entries that are not commands.")
  boolean all;

  /** Called by picocli. */
  public ReadCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
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
              .setOptions(readLevelOptions.options())
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
        print(EntryColumns.HEADER);
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
      printError(summary(page));
    }
    return ExitStatus.OK;
  }

  private void check() {
    refuse(readLevelOptions.fault());
    if (limit != null && limit < 1) {
      throw usage("--limit must be at least 1");
    }
    if (limit != null && limit > PAGE_MAX && !follow) {
      throw usage("--limit above " + PAGE_MAX + " needs several pages: add --follow");
    }
    if (from < 0) {
      throw usage("--from must not be negative");
    }
  }

  private void show(ReadResponse page) {
    if (json()) {
      printJson(page);
      return;
    }
    for (Entry entry : page.getEntriesList()) {
      print(EntryColumns.row(entry));
    }
  }

  private static String summary(ReadResponse page) {
    ResponseInfo info = page.getInfo();
    String more =
        page.getNextIndex() <= info.getAppliedIndex()
            ? "more: --from " + page.getNextIndex()
            : "end of the log";
    return "# " + ReadLevelOptions.text(info) + "; " + more;
  }
}
