package io.synod.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A disk with sectors of one file that cannot be read until they are written again. */
public final class UnreadableDisk implements Disk {
  private final MemoryDisk under;
  private final String file;
  private final Set<Long> sectors = ConcurrentHashMap.newKeySet();

  /** Creates it with unreadable sectors at these offsets of {@code file}. */
  public UnreadableDisk(MemoryDisk under, String file, Collection<Integer> offsets) {
    this.under = under;
    this.file = file;
    offsets.forEach(offset -> sectors.add((long) offset));
  }

  @Override
  public List<String> list() {
    return under.list();
  }

  @Override
  public BlockFile create(String name, long bytes) throws IOException {
    return under.create(name, bytes);
  }

  @Override
  public BlockFile open(String name) throws IOException {
    BlockFile opened = under.open(name);
    return name.equals(file) ? new UnreadableFile(opened) : opened;
  }

  @Override
  public void delete(String name) throws IOException {
    under.delete(name);
  }

  @Override
  public long usableBytes() {
    return under.usableBytes();
  }

  @Override
  public String path(String name) {
    return under.path(name);
  }

  @Override
  public void close() {}

  private final class UnreadableFile implements BlockFile {
    private final BlockFile opened;

    UnreadableFile(BlockFile opened) {
      this.opened = opened;
    }

    @Override
    public long size() {
      return opened.size();
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
      sectors.remove(offset);
      opened.write(offset, bytes);
    }

    @Override
    public void read(long offset, ByteBuffer bytes) throws IOException {
      if (sectors.contains(offset)) {
        throw new IOException(path(file) + ": a sector cannot be read at offset " + offset);
      }
      opened.read(offset, bytes);
    }

    @Override
    public void sync() throws IOException {
      opened.sync();
    }

    @Override
    public void close() throws IOException {
      opened.close();
    }
  }
}
