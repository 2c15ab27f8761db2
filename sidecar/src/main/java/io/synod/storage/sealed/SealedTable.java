package io.synod.storage.sealed;

import io.synod.runtime.port.JournalException;
import io.synod.storage.disk.Damage;
import io.synod.storage.disk.FileErrorReason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.mapdb.Serializer;
import org.mapdb.SortedTableMap;
import org.mapdb.volume.RandomAccessFileVol;

/**
 * One immutable MapDB file: a table from ascending numbers to bytes, written in one pass. Any
 * thread may read it while it holds it; after the last release the file is unmapped, and its space
 * is free if it was deleted.
 */
final class SealedTable {
  /** The longest value. */
  static final int VALUE_BYTES_MAX = ChunkSerializer.CHUNK_BYTES_MAX;

  private static final int PAGE_BYTES = 256 * 1024;
  // The log's syncs wait for all data in flight to the disk: this bounds it.
  private static final int UNSYNCED_BYTES_MAX = 1 << 20;
  private static final ChunkSerializer CHUNKS = new ChunkSerializer();

  private final Path path;
  private final MappedVolume volume;
  private final SortedTableMap<Long, byte[]> table;
  private final LongFunction<String> named;
  // The opener holds it once; at 0 it is closed for good.
  private final AtomicInteger holders = new AtomicInteger(1);

  private SealedTable(Path path, MappedVolume volume, LongFunction<String> named) {
    this.path = path;
    this.named = named;
    this.volume = volume;
    long pages = volume.length() / PAGE_BYTES;
    if (pages == 0
        || volume.length() != pages * PAGE_BYTES
        || volume.getLong(32) != PAGE_BYTES
        || volume.getLong(24) != pages - 1) {
      throw damaged("its length or its page table");
    }
    this.table = SortedTableMap.open(volume, Serializer.LONG, CHUNKS);
  }

  /**
   * Opens a sealed file.
   *
   * @param named describes what is under a key, for error messages
   * @throws JournalException if it is damaged
   */
  static SealedTable open(Path path, LongFunction<String> named) {
    MappedVolume volume;
    try {
      volume = new MappedVolume(path);
    } catch (IOException e) {
      throw new JournalException(path + ": " + FileErrorReason.of(path.toString(), e), e);
    }
    try {
      return new SealedTable(path, volume, named);
    } catch (JournalException e) {
      volume.unmap();
      throw e;
    } catch (RuntimeException | InternalError e) {
      volume.unmap();
      throw Damage.of(path.toString(), ": its page table", e);
    }
  }

  /** The value under {@code key}, or null. The caller must hold the table. */
  byte @Nullable [] get(long key) {
    try {
      return table.get(key);
    } catch (Exception | InternalError e) {
      // On a damaged table MapDB throws undeclared exceptions; a mapped page that cannot be read is
      // an Error.
      throw Damage.of(path.toString(), ": " + named.apply(key), e);
    }
  }

  /** Holds it for another reader; false if it is closed. */
  boolean hold() {
    return holders.getAndUpdate(count -> count == 0 ? 0 : count + 1) > 0;
  }

  /** Releases one hold; returns true if it was the last and the table is closed. */
  boolean release() {
    boolean last = holders.decrementAndGet() == 0;
    if (last) {
      volume.unmap();
    }
    return last;
  }

  /** Length of the file. */
  long bytes() {
    return volume.length();
  }

  JournalException damaged(String what) {
    return Damage.of(path.toString(), ": " + what);
  }

  /** The reason of a failure: MapDB has no message of its own, and the system's is in a cause. */
  static String reason(Exception e) {
    Throwable cause = e;
    while (cause.getMessage() == null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  /**
   * Writes a table; durable only after a sync of the file and of its directory. It also syncs in
   * between, so that other writers to the disk never wait for the whole of it.
   */
  static final class Writer implements AutoCloseable {
    private final RandomAccessFileVol volume;
    private final SortedTableMap.Sink<Long, byte[]> sink;
    private int unsynced;

    Writer(Path path) {
      this.volume = new RandomAccessFileVol(path.toFile(), false, -1, 0);
      this.sink =
          SortedTableMap.create(volume, Serializer.LONG, CHUNKS)
              .pageSize(PAGE_BYTES)
              .nodeSize(1)
              .createFromSink();
    }

    /** Adds a value under a key above all others. The caller may reuse the array. */
    void put(long key, byte[] value) {
      sink.put(key, value);
      unsynced += value.length;
      if (unsynced >= UNSYNCED_BYTES_MAX) {
        volume.sync();
        unsynced = 0;
      }
    }

    /** Ends the table. */
    void finish() {
      sink.create();
    }

    @Override
    public void close() {
      volume.close();
    }
  }
}
