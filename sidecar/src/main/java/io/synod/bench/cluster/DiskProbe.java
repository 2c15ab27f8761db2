package io.synod.bench.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.HdrHistogram.Histogram;

/** How long this disk takes to write and sync a block, with no cluster in between. */
public final class DiskProbe implements AutoCloseable {
  private static final int BLOCK_BYTES = 4096;
  private static final int BLOCKS = 500;

  private final Path file;
  private final FileChannel channel;
  private int next;

  private DiskProbe(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** A file in that directory, written once, so that no block of it is new afterwards. */
  public static DiskProbe in(Path dir) throws IOException {
    DiskProbe probe = new DiskProbe(dir.resolve("disk-probe"));
    try {
      probe.write(0, new byte[BLOCK_BYTES * BLOCKS]);
      probe.channel.force(true);
      return probe;
    } catch (IOException e) {
      probe.close();
      throw e;
    }
  }

  /** Latencies in nanoseconds of writes, each synced, one after the other. */
  public static Histogram measure(Path dir) throws IOException {
    Histogram latencies = new Histogram(3);
    try (DiskProbe probe = in(dir)) {
      for (int i = 0; i < BLOCKS; i++) {
        long begun = System.nanoTime();
        probe.sync();
        latencies.recordValue(System.nanoTime() - begun);
      }
    }
    return latencies;
  }

  /** Writes a block and waits until the disk has it. */
  public void sync() throws IOException {
    write((long) next * BLOCK_BYTES, new byte[BLOCK_BYTES]);
    next = (next + 1) % BLOCKS;
    channel.force(false);
  }

  private void write(long at, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      int unused = channel.write(buffer, at + buffer.position());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }
}
