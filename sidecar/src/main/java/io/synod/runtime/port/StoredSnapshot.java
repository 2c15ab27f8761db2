package io.synod.runtime.port;

import io.synod.paxos.value.SnapshotMark;

/**
 * A snapshot of the replicated state on this disk. Its user must close it.
 *
 * @param stream its chunks, each preceded by its length
 */
public record StoredSnapshot(SnapshotMark mark, StreamReader stream) implements AutoCloseable {

  @Override
  public void close() {
    stream.close();
  }
}
