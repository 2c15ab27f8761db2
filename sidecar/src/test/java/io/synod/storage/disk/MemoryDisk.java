package io.synod.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * A disk in memory without faults. Its files stay when it is closed, and it can be opened again.
 */
public final class MemoryDisk implements Disk {
  private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();
  private final Map<String, byte[]> synced = new ConcurrentSkipListMap<>();
  private boolean full;

  /** Creates an empty disk. */
  public MemoryDisk() {}

  /** Creates a disk with copies of these files. */
  public static MemoryDisk of(Map<String, byte[]> files) {
    MemoryDisk disk = new MemoryDisk();
    files.forEach((name, bytes) -> disk.files.put(name, bytes.clone()));
    return disk;
  }

  /** Loses what was written and not synced. */
  public void losePower() {
    files.replaceAll((name, bytes) -> synced.getOrDefault(name, new byte[bytes.length]).clone());
  }

  /** Sets whether new files do not fit. */
  public void full(boolean now) {
    full = now;
  }

  /** The files by name, not copied. */
  public Map<String, byte[]> files() {
    return new TreeMap<>(files);
  }

  /** Replaces all files by these, not copied. */
  public void restore(Map<String, byte[]> past) {
    files.clear();
    files.putAll(past);
  }

  @Override
  public List<String> list() {
    return List.copyOf(files.keySet());
  }

  @Override
  public BlockFile create(String name, long bytes) throws IOException {
    if (full) {
      throw new NoSpaceException(path(name) + ": no space left");
    }
    byte[] content = new byte[Math.toIntExact(bytes)];
    if (files.putIfAbsent(name, content) != null) {
      throw new IOException(path(name) + " exists");
    }
    return new MemoryFile(name, content);
  }

  @Override
  public BlockFile open(String name) throws IOException {
    byte[] content = files.get(name);
    if (content == null) {
      throw new NoSuchFileException(path(name));
    }
    return new MemoryFile(name, content);
  }

  @Override
  public void delete(String name) throws IOException {
    synced.remove(name);
    if (files.remove(name) == null) {
      throw new NoSuchFileException(path(name));
    }
  }

  @Override
  public long usableBytes() {
    return full ? 0 : Long.MAX_VALUE;
  }

  @Override
  public String path(String name) {
    return "memory/" + name;
  }

  @Override
  public void close() {}

  private final class MemoryFile implements BlockFile {
    private final String name;
    private final byte[] content;

    MemoryFile(String name, byte[] content) {
      this.name = name;
      this.content = content;
    }

    @Override
    public long size() {
      return content.length;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) {
      bytes.get(content, Math.toIntExact(offset), bytes.remaining());
    }

    @Override
    public void read(long offset, ByteBuffer bytes) {
      bytes.put(content, Math.toIntExact(offset), bytes.remaining());
    }

    @Override
    public void sync() {
      synced.put(name, content.clone());
    }

    @Override
    public void close() {}
  }
}
