package io.synod.api;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.port.StreamWriter;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A store of applications' snapshots in memory. Any thread may call any method. */
public final class MemoryAppSnapshots implements AppSnapshots {
  private final Map<SnapshotPosition, byte[]> sealed = new ConcurrentHashMap<>();

  /** How many writers are open. */
  public final AtomicInteger staged = new AtomicInteger();

  /** How many readers are open. */
  public final AtomicInteger opened = new AtomicInteger();

  /** How many bytes were read from all snapshots. */
  public final AtomicLong bytesRead = new AtomicLong();

  private volatile boolean damaged;

  private record SnapshotPosition(String consumer, long index) {}

  public static Bytes sha256(byte[] bytes) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Stores a snapshot, as if it had been fetched from a peer. */
  public void put(String consumer, long index, byte[] bytes) {
    sealed.put(new SnapshotPosition(consumer, index), bytes);
  }

  /** Makes further reads fail as damaged. */
  public void damage() {
    damaged = true;
  }

  @Override
  public StreamWriter stage(String consumer, long index) {
    staged.incrementAndGet();
    return new Taking(new SnapshotPosition(consumer, index));
  }

  private final class Taking implements StreamWriter {
    private final SnapshotPosition position;
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private boolean over;

    private Taking(SnapshotPosition position) {
      this.position = position;
    }

    @Override
    public void append(byte[] bytes) {
      taken.writeBytes(bytes);
    }

    @Override
    public long bytes() {
      return taken.size();
    }

    @Override
    public Bytes sha256() {
      return MemoryAppSnapshots.sha256(taken.toByteArray());
    }

    @Override
    public void seal() {
      sealed.put(position, taken.toByteArray());
      close();
    }

    @Override
    public void close() {
      if (!over) {
        over = true;
        staged.decrementAndGet();
      }
    }
  }

  @Override
  public @Nullable StreamReader open(String consumer, long index) {
    byte[] bytes = sealed.get(new SnapshotPosition(consumer, index));
    if (bytes == null) {
      return null;
    }
    opened.incrementAndGet();
    return new MemoryReader(bytes);
  }

  private final class MemoryReader implements StreamReader {
    private final byte[] bytes;
    private boolean closed;

    private MemoryReader(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes.length;
    }

    @Override
    public Bytes sha256() {
      return MemoryAppSnapshots.sha256(bytes);
    }

    @Override
    public byte[] read(long offset, int bytesMax) {
      if (damaged) {
        throw new JournalException("blob-1: record at offset 4096 is damaged");
      }
      if (closed) {
        throw new IllegalStateException("read after it was closed");
      }
      int from = (int) Math.min(bytes.length, offset);
      int to = Math.min(bytes.length, from + bytesMax);
      bytesRead.addAndGet(to - from);
      return Arrays.copyOfRange(bytes, from, to);
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        opened.decrementAndGet();
      }
    }
  }

  @Override
  public List<Blob> list() {
    List<Blob> blobs = new ArrayList<>();
    sealed.forEach(
        (position, bytes) ->
            blobs.add(
                new Blob(position.consumer(), position.index(), bytes.length, sha256(bytes))));
    return blobs;
  }

  @Override
  public List<Sealed> sealed() {
    return list().stream()
        .map(blob -> new Sealed(group(blob.consumer()), blob.index(), 0))
        .toList();
  }

  @Override
  public String group(String consumer) {
    return consumer;
  }

  @Override
  public void delete(Sealed which) {
    sealed.remove(new SnapshotPosition(which.group(), which.index()));
  }
}
