package io.synod.cli.kv;

import io.grpc.ManagedChannel;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.ExitStatus;
import io.synod.cli.shared.ReadLevelOptions;
import io.synod.cli.shared.ValueText;
import io.synod.v1.KVGrpc;
import io.synod.v1.KeyValue;
import io.synod.v1.ListRequest;
import io.synod.v1.ListResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The {@code synod list} command. */
@Command(
    name = "list",
    description = {
      "List the keys with a prefix, and their values, in the order of the keys' bytes.",
      "All pages show the state at one index, whatever is written meanwhile.",
      ""
    },
    footer = {"", ReadLevelOptions.LEVELS})
public final class ListCommand extends ClientCommand {
  private static final int PAGE_MAX = 10_000;

  @Parameters(
      arity = "0..1",
      paramLabel = "PREFIX",
      defaultValue = "",
      description = "The prefix of the keys. Default: all keys.")
  String prefix = "";

  @Mixin ReadLevelOptions readLevelOptions = new ReadLevelOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "List at most this many keys. Default: all, page by page.")
  @Nullable Long limit;

  @Option(names = "--keys-only", description = "Print one key a line, without values.")
  boolean keysOnly;

  @Option(
      names = "--at-index",
      paramLabel = "INDEX",
      defaultValue = "0",
      description =
          "List the state just after this index, if it is still kept. Default: the newest.")
  long atIndex;

  private long listed;

  /** Called by picocli. */
  public ListCommand() {}

  @Override
  protected int run(ManagedChannel channel) {
    refuse(readLevelOptions.fault());
    refuse(limit != null && limit < 1 ? "--limit must be at least 1" : null);
    refuse(atIndex < 0 ? "--at-index must not be negative" : null);
    KVGrpc.KVBlockingStub stub = KVGrpc.newBlockingStub(channel);
    long wanted = limit == null ? Long.MAX_VALUE : limit;
    String token = "";
    ListResponse page;
    do {
      ListRequest.Builder request =
          ListRequest.newBuilder()
              .setPrefix(prefix)
              .setOptions(readLevelOptions.options())
              .setKeysOnly(keysOnly)
              .setPageToken(token);
      if (token.isEmpty()) {
        request.setAtIndex(atIndex);
      }
      if (limit != null) {
        request.setPageSize((int) Math.min(wanted - listed, PAGE_MAX));
      }
      page = timed(stub).list(request.build());
      show(page);
      token = page.getNextPageToken();
    } while (!token.isEmpty() && listed < wanted && !unread());
    if (!json() && !keysOnly) {
      out().flush();
      printError(summary(page, !token.isEmpty()));
    }
    return ExitStatus.OK;
  }

  private void show(ListResponse page) {
    if (json()) {
      printJson(page);
      listed += page.getKvsCount();
      return;
    }
    for (KeyValue kv : page.getKvsList()) {
      if (keysOnly) {
        print(terminal() ? ValueText.text(kv.getKey()) : kv.getKey());
      } else {
        if (listed == 0) {
          print(PairText.HEADER);
        }
        print(
            PairText.row(kv)
                + (PairText.lifetime(kv).isEmpty()
                    ? ""
                    : "  #" + PairText.lifetime(kv).substring(1)));
      }
      listed++;
    }
  }

  private String summary(ListResponse page, boolean more) {
    return ValueText.format(
        "# %s%s at index %d, %s; follow with: synod watch --prefix %s --from %d",
        ValueText.count(listed, "key", "keys"),
        more ? ", and more," : "",
        page.getIndex(),
        ReadLevelOptions.text(page.getInfo()),
        ValueText.word(prefix),
        page.getIndex() + 1);
  }
}
