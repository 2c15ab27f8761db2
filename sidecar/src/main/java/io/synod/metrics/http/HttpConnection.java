package io.synod.metrics.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * One connection of a client: it reads a request, writes its response, then reads the next request.
 * All of it runs on the listener's thread except for the making of responses; nothing blocks that
 * thread.
 */
final class HttpConnection {
  /** The largest request that is read, including its body. */
  static final int REQUEST_BYTES_MAX = 8 << 10;

  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  private enum Phase {
    READING,
    ANSWERING,
    WRITING,
    /**
     * The last response is written. Further input is dropped, so that the client reads the
     * response.
     */
    LINGERING
  }

  /** Receives whole requests, and calls {@link #answered} for each, now or later. */
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

  /** Since when it waits for a request; {@link Long#MAX_VALUE} if it does not. */
  long waitsSinceNanos() {
    return phase == Phase.READING ? sinceNanos : Long.MAX_VALUE;
  }

  /** Whether the client took too long. */
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

  /** Reads or writes, since the channel is ready. */
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
            new HttpRequest.Malformed(
                431, "a request may have at most " + REQUEST_BYTES_MAX + " bytes"));
      }
      return;
    }
    HttpRequest request;
    try {
      request = HttpRequest.parse(in.array(), end);
      int whole = next(end) + request.bodyBytes();
      if (whole < 0 || whole > REQUEST_BYTES_MAX) {
        throw new HttpRequest.Malformed(
            413, "a request may have at most " + REQUEST_BYTES_MAX + " bytes");
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

  /** Where the empty line after the head begins; -1 if it has not arrived. */
  private int headEnd() {
    for (int i = 0; i < in.position(); i++) {
      if (in.get(i) == '\n' && next(i) > i) {
        return i > 0 && in.get(i - 1) == '\r' ? i - 1 : i;
      }
    }
    return -1;
  }

  /**
   * The position after the empty line that follows {@code end}; {@code end} itself if none follows.
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

  /** Whether the connection stays open after this response. */
  boolean keepsAlive() {
    return keepsAlive;
  }

  /** Writes the response to the request that was passed to the taker. */
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
    // The next request may have arrived with the last one.
    takeRequest(nowNanos);
  }

  void close() {
    key.cancel();
    try {
      channel.close();
    } catch (IOException e) {
      // The connection is closed anyway.
    }
  }

  boolean isOpen() {
    return channel.isOpen();
  }
}
