package io.synod.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A directory of files of fixed length, as the log's format needs them. Production code runs on a
 * real directory, the simulator on one that loses, tears and corrupts writes.
 */
public interface Disk extends AutoCloseable {

  /** The names of the files in it, sorted. */
  List<String> list() throws IOException;

  /**
   * Creates a file of {@code bytes} zeroes; it is durable together with its name once this returns.
   *
   * @throws NoSpaceException if there is no space for it; then nothing of it is left
   */
  BlockFile create(String name, long bytes) throws IOException;

  /** Opens an existing file. */
  BlockFile open(String name) throws IOException;

  /** Removes a file; durable once this returns. */
  void delete(String name) throws IOException;

  /** An estimate of the bytes that new files may take; less if others write too. */
  long usableBytes() throws IOException;

  /** The path for error messages. */
  String path(String name);

  @Override
  void close() throws IOException;

  /** A file of fixed length. Reads may come from any thread, writes and syncs from one. */
  interface BlockFile extends AutoCloseable {

    /** Length in bytes. */
    long size();

    /** Writes all of {@code bytes} at {@code offset}; durable only after {@link #sync}. */
    void write(long offset, ByteBuffer bytes) throws IOException;

    /** Fills {@code bytes} from {@code offset}. */
    void read(long offset, ByteBuffer bytes) throws IOException;

    /**
     * Fills {@code bytes} from {@code offset} as {@link #read} does, but bypasses the page cache
     * where the platform supports it.
     */
    default void readUncached(long offset, ByteBuffer bytes) throws IOException {
      read(offset, bytes);
    }

    /** Returns once everything written is durable. */
    void sync() throws IOException;

    @Override
    void close() throws IOException;
  }
}
