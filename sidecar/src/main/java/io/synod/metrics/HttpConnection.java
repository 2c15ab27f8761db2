package io.synod.metrics;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * One caller's connection: a request is read, answered and written, then the next. Everything but
 * the answering is done by the listener's thread, and nothing blocks it.
 */
final class HttpConnection {
  /** The longest request that is read, with its body. */
  static final int REQUEST_BYTES_MAX = 8 << 10;

  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private enum Phase {
    READING,
    ANSWERING,
    WRITING,
    /** Everything is said; what the caller still sends is dropped, so that it reads the answer. */
    LINGERING
  }

  /** Takes a whole request, and has it {@link #answered}, now or later. */
  interface Taker {
    void take(HttpConnection connection, HttpRequest request);
  }

  private final SocketChannel channel;
  private final SelectionKey key;
  private final Taker taker;
  private final HttpLimits limits;
  private final ByteBuffer in = ByteBuffer.allocate(REQUEST_BYTES_MAX);
  private ByteBuffer out = ByteBuffer.allocate(0);
  private Phase phase = Phase.READING;
  private boolean keepsAlive = true;
  private long sinceNanos;
  private boolean begun;

  HttpConnection(SocketChannel channel, SelectionKey key, Taker taker, HttpLimits limits) {
    this.channel = channel;
    this.key = key;
    this.taker = taker;
    this.limits = limits;
    this.sinceNanos = System.nanoTime();
  }

  /** Since when it waits for its caller to ask; {@link Long#MAX_VALUE} if it does not. */
  long waitsSinceNanos() {
    return phase == Phase.READING ? sinceNanos : Long.MAX_VALUE;
  }

  /** Whether its caller took too long. */
  boolean isOver(long nowNanos) {
    long most =
        switch (phase) {
          case READING -> (begun ? limits.request() : limits.idle()).toNanos();
          case ANSWERING -> Long.MAX_VALUE;
          case WRITING -> limits.answer().toNanos();
          case LINGERING -> LINGER_NANOS;
        };
    return nowNanos - sinceNanos > most;
  }

  /** Something can be read or written. */
  void ready(long nowNanos) throws IOException {
    if (key.isWritable()) {
      write(nowNanos);
    }
    if (key.isValid() && key.isReadable()) {
      read(nowNanos);
    }
  }

  private void read(long nowNanos) throws IOException {
    if (phase == Phase.LINGERING) {
      in.clear();
    }
    if (channel.read(in) < 0) {
      close();
    } else if (phase == Phase.READING) {
      takeRequest(nowNanos);
    }
  }

  private void takeRequest(long nowNanos) throws IOException {
    if (!begun && in.position() > 0) {
      begun = true;
      sinceNanos = nowNanos;
    }
    int end = headEnd();
    if (end < 0) {
      if (!in.hasRemaining()) {
        refuse(
            new HttpRequest.Malformed(431, "a request may have " + REQUEST_BYTES_MAX + " bytes"));
      }
      return;
    }
    HttpRequest request;
    try {
      request = HttpRequest.parse(in.array(), end);
      int whole = next(end) + request.bodyBytes();
      if (whole < 0 || whole > REQUEST_BYTES_MAX) {
        throw new HttpRequest.Malformed(413, "a request may have " + REQUEST_BYTES_MAX + " bytes");
      }
      if (in.position() < whole) {
        return;
      }
      in.flip().position(whole);
      in.compact();
    } catch (HttpRequest.Malformed malformed) {
      refuse(malformed);
      return;
    }
    keepsAlive = request.keepsAlive();
    phase = Phase.ANSWERING;
    key.interestOps(0);
    taker.take(this, request);
  }

  /** Where the empty line behind the head begins, or -1. */
  private int headEnd() {
    for (int i = 0; i < in.position(); i++) {
      if (in.get(i) == '\n' && next(i) > i) {
        return i > 0 && in.get(i - 1) == '\r' ? i - 1 : i;
      }
    }
    return -1;
  }

  /**
   * The place behind the empty line that follows the line that ends there; there itself if none.
   */
  private int next(int end) {
    int at = in.get(end) == '\r' ? end + 2 : end + 1;
    if (at < in.position() && in.get(at) == '\n') {
      return at + 1;
    }
    if (at + 1 < in.position() && in.get(at) == '\r' && in.get(at + 1) == '\n') {
      return at + 2;
    }
    return end;
  }

  private void refuse(HttpRequest.Malformed malformed) throws IOException {
    keepsAlive = false;
    HttpAnswer answer = HttpAnswer.text(malformed.code(), String.valueOf(malformed.getMessage()));
    answered(answer.bytes(null, false));
  }

  /** Whether the connection lives on behind this answer. */
  boolean keepsAlive() {
    return keepsAlive;
  }

  /** What to say to the request that was taken. */
  void answered(ByteBuffer bytes) throws IOException {
    out = bytes;
    phase = Phase.WRITING;
    long now = System.nanoTime();
    sinceNanos = now;
    write(now);
  }

  private void write(long nowNanos) throws IOException {
    if (phase != Phase.WRITING) {
      return;
    }
    channel.write(out);
    if (out.hasRemaining()) {
      key.interestOps(SelectionKey.OP_WRITE);
      return;
    }
    key.interestOps(SelectionKey.OP_READ);
    begun = false;
    sinceNanos = nowNanos;
    if (!keepsAlive) {
      phase = Phase.LINGERING;
      channel.shutdownOutput();
      return;
    }
    phase = Phase.READING;
    // The next may have come with the last.
    takeRequest(nowNanos);
  }

  void close() {
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      // Then it is gone as well.
    }
  }

  boolean isOpen() {
    return channel.isOpen();
  }
}
