package io.synod.main;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/**
 * How the file descriptors that this process may have are shared out, so that connections never use
 * up those that the disk and the peers need: a sidecar that cannot open its next file must stop.
 *
 * @param limit how many there are
 * @param api how many connections of clients may be open
 * @param http how many of those who watch
 * @param peers how many from peers
 */
record Descriptors(long limit, int api, int http, int peers) {
  /**
   * Jars, event loops, listening sockets, the log's tail with a wide margin, snapshots: 160. And
   * connections that the system has accepted and that are about to be refused: sixteen at once on
   * each of three ports.
   */
  static final int RESERVE = 160 + 3 * 16;

  private static final int HTTP_MAX = 64;
  private static final int HTTP_MIN = 16;
  private static final int API_MIN = 32;

  /** To a peer go three connections, from it three; twice, while those of its last run linger. */
  static final int PER_PEER = 6;

  private static final int STRANGERS = 8;

  /**
   * Shares them out.
   *
   * @param limit how many there are
   * @param wanted how many connections of clients are wanted
   * @param others how many peers there are
   * @throws IOException if there are too few; the message says how many are needed
   */
  static Descriptors share(long limit, int wanted, int others) throws IOException {
    int peers = PER_PEER * others + STRANGERS;
    long fixed = RESERVE + peers + (long) PER_PEER * others;
    if (limit < fixed + HTTP_MIN + API_MIN) {
      throw new IOException(
          "this process may have "
              + limit
              + " open files, and needs at least "
              + (fixed + HTTP_MIN + API_MIN)
              + ": raise the limit (ulimit -n, LimitNOFILE=)");
    }
    long left = limit - fixed;
    int http = (int) Math.min(HTTP_MAX, Math.max(HTTP_MIN, left / 8));
    return new Descriptors(limit, (int) Math.min(wanted, left - http), http, peers);
  }

  /** How many this process may have; {@link Integer#MAX_VALUE} if this system does not say. */
  static long limitOfProcess() {
    return system() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Integer.MAX_VALUE;
  }

  /** Whether more than nine tenths of them are in use. */
  boolean areScarce() {
    return system() instanceof UnixOperatingSystemMXBean unix
        && unix.getOpenFileDescriptorCount() > limit - limit / 10;
  }

  private static OperatingSystemMXBean system() {
    return ManagementFactory.getOperatingSystemMXBean();
  }
}
