package io.synod.storage.disk;

import io.synod.sim.disk.MemorySegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A disk in memory that records every change. */
public final class RecordingDisk implements Disk {
  private final MemoryDisk disk;
  private final List<DiskStep> steps;

  /** A recorded change. */
  public sealed interface DiskStep {
    /** A file of zeroes was created durably. */
    record Create(String name, int bytes) implements DiskStep {}

    /** Bytes were written. */
    record Write(String name, int offset, List<Byte> bytes) implements DiskStep {}

    /** All writes to a file were made durable. */
    record Sync(String name) implements DiskStep {}

    /** The archive durably changed to this one. */
    record Kept(MemorySegmentStore archive) implements DiskStep {}

    /** A file was deleted durably. */
    record Delete(String name) implements DiskStep {}
  }

  public RecordingDisk(MemoryDisk disk, List<DiskStep> steps) {
    this.disk = disk;
    this.steps = steps;
  }

  @Override
  public List<String> list() {
    return disk.list();
  }

  @Override
  public BlockFile create(String name, long bytes) throws IOException {
    BlockFile file = disk.create(name, bytes);
    steps.add(new DiskStep.Create(name, Math.toIntExact(bytes)));
    return new RecordingFile(name, file);
  }

  @Override
  public BlockFile open(String name) throws IOException {
    return new RecordingFile(name, disk.open(name));
  }

  @Override
  public void delete(String name) throws IOException {
    disk.delete(name);
    steps.add(new DiskStep.Delete(name));
  }

  @Override
  public long usableBytes() {
    return disk.usableBytes();
  }

  @Override
  public String path(String name) {
    return disk.path(name);
  }

  @Override
  public void close() {}

  private final class RecordingFile implements BlockFile {
    private final String name;
    private final BlockFile file;

    RecordingFile(String name, BlockFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public long size() {
      return file.size();
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
      List<Byte> copy = new ArrayList<>(bytes.remaining());
      for (int i = bytes.position(); i < bytes.limit(); i++) {
        copy.add(bytes.get(i));
      }
      file.write(offset, bytes);
      steps.add(new DiskStep.Write(name, Math.toIntExact(offset), copy));
    }

    @Override
    public void read(long offset, ByteBuffer bytes) throws IOException {
      file.read(offset, bytes);
    }

    @Override
    public void sync() throws IOException {
      file.sync();
      steps.add(new DiskStep.Sync(name));
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
