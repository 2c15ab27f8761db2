package io.synod.cli.kv;

import io.grpc.Status;
import io.synod.cli.shared.ClientCommand;
import io.synod.cli.shared.Columns;
import io.synod.cli.shared.EnumNames;
import io.synod.cli.shared.ValueText;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse;
import io.synod.v1.KvWatchResponse.Change;
import io.synod.v1.KvWatchResponse.Changes;
import java.util.Iterator;

/** Prints the messages of a watch of keys, and tracks where to resume. */
public final class KeyWatch {
  private static final Columns COLUMNS =
      Columns.none().right("INDEX", 8).left("CHANGE", 7).right("VERSION", 7).left("KEY = VALUE", 0);

  private final ClientCommand command;
  private final boolean initial;
  private final long count;
  private long seen;
  private long next;

  /**
   * A watch that ends after {@code count} changes, once those of an index are complete; 0: no end.
   */
  public KeyWatch(ClientCommand command, KvWatchRequest request, long count) {
    this.command = command;
    this.initial = request.getInitialState();
    this.count = count;
    this.next = request.getStartIndex();
  }

  /** The index to resume from; 0 until the initial state is complete. */
  public long next() {
    return next;
  }

  public void follow(Iterator<KvWatchResponse> stream) {
    while (stream.hasNext()) {
      KvWatchResponse response = stream.next();
      switch (response.getEventCase()) {
        case STARTED -> started(response.getStarted());
        case CHANGES -> {
          Changes changes = response.getChanges();
          show(changes);
          if (count > 0 && seen >= count && !changes.getFragment()) {
            return;
          }
        }
        case PROGRESS -> next = Math.max(next, response.getProgress().getIndex() + 1);
        default -> {
          // A later version may send other messages, which are ignored.
        }
      }
      if (command.unread()) {
        return;
      }
    }
    throw Status.UNAVAILABLE.asRuntimeException();
  }

  private void started(KvWatchResponse.Started started) {
    if (!initial) {
      next = Math.max(next, started.getStartIndex());
    }
    if (!command.json()) {
      command.printError(
          ValueText.format(
              "# watching at %s from index %d; it has applied %d and keeps %d and above",
              ValueText.node(started.getNodeId()),
              started.getStartIndex(),
              started.getAppliedIndex(),
              started.getOldestIndex()));
      command.print(COLUMNS.header());
    }
  }

  private void show(Changes changes) {
    seen += changes.getItemsCount();
    if (command.json()) {
      command.printJson(changes);
    } else {
      changes.getItemsList().forEach(change -> command.print(row(changes, change)));
    }
    // A watch that breaks off within an index resumes at that index.
    next = changes.getFragment() ? next : Math.max(next, changes.getIndex() + 1);
  }

  private static String row(Changes changes, Change change) {
    boolean put = change.getType() == KvWatchResponse.Type.TYPE_PUT;
    String key = ValueText.text(change.getKv().getKey());
    return COLUMNS.row(
        changes.getIndex(),
        changes.getInitial() ? "initial" : EnumNames.name("TYPE_", change.getType()),
        put ? Long.toUnsignedString(change.getKv().getVersion()) : "",
        (put ? key + " = " + ValueText.command(change.getKv().getValue()) : key)
            + (put ? PairText.lifetime(change.getKv()) : "")
            + (change.hasPrevious()
                ? "  (was " + ValueText.command(change.getPrevious().getValue()) + ")"
                : ""));
  }
}
