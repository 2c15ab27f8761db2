package io.synod.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file from its device, past the pages that the operating system keeps in memory (Linux:
 * {@code O_DIRECT}). Not every file system can do that. One thread at a time.
 */
final class UncachedReader {
  // Not every Java has it, and none lets it be named in a source.
  private static final @Nullable OpenOption DIRECT = direct();

  private final Path path;
  private boolean refused;
  private int blockBytes;

  UncachedReader(Path path) {
    this.path = path;
  }

  private static @Nullable OpenOption direct() {
    try {
      Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
      for (Object option : options.getEnumConstants()) {
        if (option instanceof OpenOption direct && option.toString().equals("DIRECT")) {
          return direct;
        }
      }
      return null;
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  /** Fills {@code into} from {@code offset}; false, and nothing is filled, if it cannot be done. */
  boolean fill(long offset, ByteBuffer into) {
    OpenOption direct = DIRECT;
    if (refused || direct == null) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, direct)) {
      if (blockBytes == 0) {
        blockBytes = Math.toIntExact(Files.getFileStore(path).getBlockSize());
      }
      refused = !fill(channel, offset, into);
    } catch (IOException | UnsupportedOperationException e) {
      // The file system has no such reads: what it has in memory must do.
      refused = true;
    }
    return !refused;
  }

  private boolean fill(FileChannel channel, long offset, ByteBuffer into) throws IOException {
    long from = offset / blockBytes * blockBytes;
    int skipped = Math.toIntExact(offset - from);
    int wanted = skipped + into.remaining();
    int whole = (wanted + blockBytes - 1) / blockBytes * blockBytes;
    ByteBuffer blocks = ByteBuffer.allocateDirect(whole + blockBytes).alignedSlice(blockBytes);
    blocks.limit(whole);
    while (blocks.position() < wanted) {
      // At the end of the file a block may be short; elsewhere a short read ends this.
      if (channel.read(blocks, from + blocks.position()) <= 0) {
        return false;
      }
    }
    into.put(blocks.limit(wanted).position(skipped));
    return true;
  }
}
