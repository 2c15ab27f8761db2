package io.synod.main.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.HdrHistogram.Histogram;

/** How long this disk takes to write and sync a block, with no cluster in between. */
final class DiskProbe {
  private static final int BLOCK_BYTES = 4096;
  private static final int BLOCKS = 500;

  private DiskProbe() {}

  /** Latencies in nanoseconds of writes, each synced, one after the other, into a written file. */
  static Histogram measure(Path dir) throws IOException {
    Path file = dir.resolve("disk-probe");
    Histogram latencies = new Histogram(3);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      write(channel, 0, new byte[BLOCK_BYTES * BLOCKS]);
      channel.force(true);
      for (int i = 0; i < BLOCKS; i++) {
        long begun = System.nanoTime();
        write(channel, (long) i * BLOCK_BYTES, new byte[BLOCK_BYTES]);
        channel.force(false);
        latencies.recordValue(System.nanoTime() - begun);
      }
    } finally {
      Files.deleteIfExists(file);
    }
    return latencies;
  }

  private static void write(FileChannel channel, long at, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      int unused = channel.write(buffer, at + buffer.position());
    }
  }
}
