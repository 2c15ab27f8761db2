package io.synod.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file from its device, bypassing the page cache (Linux: {@code O_DIRECT}). Not every file
 * system supports that: the first failure is logged, once per process. Any thread may call it.
 */
final class UncachedReader {
  // Not every Java has this option, and it has no public constant.
  private static final @Nullable OpenOption DIRECT = direct();
  private static final Logger LOG = Logger.getLogger(UncachedReader.class.getName());
  private static final AtomicBoolean LOGGED = new AtomicBoolean();

  private final Path path;
  private final AtomicBoolean logged;
  private boolean refused;
  private int blockBytes;

  UncachedReader(Path path) {
    this(path, LOGGED);
  }

  /** With a flag whether a failure was logged before. */
  UncachedReader(Path path, AtomicBoolean logged) {
    this.path = path;
    this.logged = logged;
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

  /**
   * Fills {@code into} from {@code offset}; returns false, with nothing filled, if it cannot be
   * done.
   */
  synchronized boolean fill(long offset, ByteBuffer into) {
    OpenOption direct = DIRECT;
    if (refused) {
      return false;
    }
    if (direct == null) {
      refuse("this Java does not support such reads");
      return false;
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, direct)) {
      if (blockBytes == 0) {
        blockBytes = Math.toIntExact(Files.getFileStore(path).getBlockSize());
      }
      if (!fill(channel, offset, into)) {
        refuse("a read returned fewer bytes than the file has");
      }
    } catch (IOException e) {
      refuse(FileErrorReason.of(path.toString(), e));
    } catch (UnsupportedOperationException e) {
      refuse("the file system does not support such reads");
    }
    return !refused;
  }

  /** Later reads use the page cache. */
  private void refuse(String why) {
    refused = true;
    if (logged.compareAndSet(false, true)) {
      LOG.warning(
          () ->
              path
                  + ": cannot be read bypassing the page cache: "
                  + why
                  + "; a corrupt page of the cache cannot be distinguished from a damaged disk");
    }
  }

  private boolean fill(FileChannel channel, long offset, ByteBuffer into) throws IOException {
    long from = offset / blockBytes * blockBytes;
    int skipped = Math.toIntExact(offset - from);
    int wanted = skipped + into.remaining();
    int whole = (wanted + blockBytes - 1) / blockBytes * blockBytes;
    ByteBuffer blocks = ByteBuffer.allocateDirect(whole + blockBytes).alignedSlice(blockBytes);
    blocks.limit(whole);
    while (blocks.position() < wanted) {
      // The last block of the file may be short; a read of nothing before that is a failure.
      if (channel.read(blocks, from + blocks.position()) <= 0) {
        return false;
      }
    }
    into.put(blocks.limit(wanted).position(skipped));
    return true;
  }
}
