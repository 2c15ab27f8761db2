package io.synod.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A disk on which one operation of a chosen kind fails, or which has no space: for new files, or
 * from some write on for existing files too.
 */
public final class FailingDisk implements Disk {
  private static final int SECTOR_BYTES = 512;

  private final MemoryDisk under;
  public String failNext = "";
  public int failAfter;
  public boolean full;
  public String fullFor = "";
  public int calls;
  // The number of writes into existing files for which there is still space.
  private int writesLeft = Integer.MAX_VALUE;

  public FailingDisk(MemoryDisk under) {
    this.under = under;
  }

  private void mayFail(String operation, String name) throws IOException {
    calls++;
    boolean fails = full && operation.equals("create") && name.startsWith(fullFor);
    if (operation.equals(failNext) && failAfter-- == 0) {
      fails = true;
      failNext = "";
    }
    if (fails) {
      throw operation.equals("create")
          ? new NoSpaceException(path(name) + ": no space")
          : new IOException(path(name) + ": no space");
    }
  }

  /** Lets this many writes into existing files find space. */
  public void leaveRoomForWrites(int count) {
    writesLeft = count;
  }

  @Override
  public List<String> list() {
    return under.list();
  }

  @Override
  public BlockFile create(String name, long bytes) throws IOException {
    mayFail("create", name);
    return new FailingFile(name, under.create(name, bytes));
  }

  @Override
  public BlockFile open(String name) throws IOException {
    return new FailingFile(name, under.open(name));
  }

  @Override
  public void delete(String name) throws IOException {
    mayFail("delete", name);
    under.delete(name);
  }

  @Override
  public long usableBytes() {
    return full ? 0 : under.usableBytes();
  }

  @Override
  public String path(String name) {
    return under.path(name);
  }

  @Override
  public void close() {}

  private final class FailingFile implements BlockFile {
    private final String name;
    private final BlockFile file;

    FailingFile(String name, BlockFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
      mayFail("write", name);
      if (writesLeft == 0) {
        writeEverySecondSector(offset, bytes);
        throw new IOException(path(name) + ": no space left for a write in place");
      }
      writesLeft--;
      file.write(offset, bytes);
    }

    private void writeEverySecondSector(long offset, ByteBuffer bytes) throws IOException {
      for (int at = 0; at < bytes.remaining(); at += 2 * SECTOR_BYTES) {
        int part = Math.min(SECTOR_BYTES, bytes.remaining() - at);
        file.write(offset + at, bytes.slice(bytes.position() + at, part));
      }
    }

    @Override
    public void read(long offset, ByteBuffer bytes) throws IOException {
      mayFail("read", name);
      file.read(offset, bytes);
    }

    @Override
    public void sync() throws IOException {
      mayFail("sync", name);
      file.sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
