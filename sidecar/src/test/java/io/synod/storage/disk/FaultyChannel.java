package io.synod.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A channel to a real file that writes and reads in parts, and whose syncs may fail. */
final class FaultyChannel extends FileChannel {
  private final FileChannel real;
  private final Faults faults;
  private final String name;

  /** The faults of a channel, and the listener for its calls. */
  interface Faults {
    int bytesAtOnce();

    boolean failsNextSync();

    void called(String what);
  }

  FaultyChannel(FileChannel real, Faults faults, String name) {
    this.real = real;
    this.faults = faults;
    this.name = name;
  }

  /** The next part of a buffer, since a file system may write or read less than was requested. */
  private ByteBuffer part(ByteBuffer of) {
    int length = Math.min(of.remaining(), faults.bytesAtOnce());
    return of.slice(of.position(), length);
  }

  @Override
  public int write(ByteBuffer from, long at) throws IOException {
    ByteBuffer part = part(from);
    int written = real.write(part, at);
    from.position(from.position() + written);
    faults.called("write " + name);
    return written;
  }

  @Override
  public int read(ByteBuffer into, long at) throws IOException {
    int read = real.read(part(into), at);
    into.position(into.position() + Math.max(0, read));
    return read;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    faults.called("sync " + name);
    if (faults.failsNextSync()) {
      throw new IOException("simulated failure: sync");
    }
    real.force(metaData);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    real.close();
  }

  @Override
  public long size() throws IOException {
    return real.size();
  }

  @Override
  public int read(ByteBuffer into) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel truncate(long to) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long at, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long at, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long at, long length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long at, long length, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long at, long length, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
