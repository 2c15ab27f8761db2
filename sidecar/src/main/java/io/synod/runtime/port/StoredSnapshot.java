package io.synod.runtime.port;

/**
 * A snapshot of the replicated state on this disk. Whoever has it closes it.
 *
 * @param stream its chunks, each behind its length
 */
public record StoredSnapshot(SnapshotMark mark, StreamReader stream) implements AutoCloseable {

  @Override
  public void close() {
    stream.close();
  }
}
