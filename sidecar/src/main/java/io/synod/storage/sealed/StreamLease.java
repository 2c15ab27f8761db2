package io.synod.storage.sealed;

import io.synod.paxos.value.Bytes;

/** One reader's lease of a stream. Any thread may call any method. */
final class StreamLease implements StreamStore.StoredStream {
  private final SealedStream stream;
  private final Runnable unread;
  private boolean closed;

  /**
   * Takes over a hold of the stream.
   *
   * @param unread runs when the last lease is closed
   */
  StreamLease(SealedStream stream, Runnable unread) {
    this.stream = stream;
    this.unread = unread;
  }

  @Override
  public Bytes note() {
    return stream.footer().note();
  }

  @Override
  public long bytes() {
    return stream.footer().bytes();
  }

  @Override
  public Bytes sha256() {
    return stream.footer().sha256();
  }

  @Override
  public synchronized byte[] read(long offset, int bytesMax) {
    refuseClosed();
    return stream.read(offset, bytesMax);
  }

  @Override
  public synchronized void verify() {
    refuseClosed();
    stream.verify();
  }

  private void refuseClosed() {
    if (closed) {
      throw new IllegalStateException("the stream is closed");
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (stream.release()) {
      unread.run();
    }
  }
}
