package io.synod.runtime.backup;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamReader;
import io.synod.state.Consumer;
import io.synod.state.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a backup holds: a state, which never changes, and the newest safe snapshot of each consumer
 * in it. The snapshots are open, so they stay readable although newer ones replace them. One thread
 * uses it.
 *
 * @param missing the first consumer in the state whose safe snapshot is not on this disk; null if
 *     all are
 */
public record BackupContent(State state, List<App> apps, @Nullable String missing)
    implements AutoCloseable {

  /** The snapshot of one consumer. */
  public record App(String consumer, long index, StreamReader stream) {}

  /** Opens the snapshots of all consumers of a state. */
  public static BackupContent open(State state, AppSnapshots appSnapshots) {
    List<App> apps = new ArrayList<>();
    for (Consumer consumer : state.consumers()) {
      Consumer.Snapshot safe = consumer.safeSnapshot();
      if (safe == null) {
        continue;
      }
      StreamReader stream = open(consumer.name(), safe, appSnapshots);
      if (stream == null) {
        return new BackupContent(state, apps, consumer.name());
      }
      apps.add(new App(consumer.name(), safe.index(), stream));
    }
    return new BackupContent(state, apps, null);
  }

  /** The snapshot on this disk; null if it is not here, or damaged until a peer's replaces it. */
  private static @Nullable StreamReader open(
      String consumer, Consumer.Snapshot snapshot, AppSnapshots appSnapshots) {
    StreamReader stream;
    try {
      stream = appSnapshots.open(consumer, snapshot.index());
    } catch (JournalException damaged) {
      return null;
    }
    if (stream != null && !stream.sha256().equals(Bytes.of(snapshot.sha256().bytes()))) {
      stream.close();
      return null;
    }
    return stream;
  }

  /** Closes all snapshots. */
  @Override
  public void close() {
    apps.forEach(app -> app.stream().close());
  }
}
