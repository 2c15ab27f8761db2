package io.synod.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One directory of files, as the log's format needs it. Production code runs on a real directory,
 * the simulator on one that forgets, tears and rots.
 */
public interface Disk extends AutoCloseable {

  /** The names of the files in it, sorted. */
  List<String> list() throws IOException;

  /**
   * Makes a file of {@code bytes} zeroes, durable together with its name once this returns.
   *
   * @throws NoSpaceException if there is no room for it; then nothing of it is left
   */
  BlockFile create(String name, long bytes) throws IOException;

  /** Opens a file that is there. */
  BlockFile open(String name) throws IOException;

  /** Removes a file; durable once this returns. */
  void delete(String name) throws IOException;

  /** How many bytes new files may take in all, as far as is known; less if others write too. */
  long usableBytes() throws IOException;

  /** A name for people: what an error message puts before the file's name. */
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
     * Fills {@code bytes} from {@code offset} as {@link #read} does, but from the device and not
     * from the memory of the operating system, where that can be done.
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
