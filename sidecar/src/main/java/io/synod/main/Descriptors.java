package io.synod.main;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/**
 * The shares of the file descriptors that this process may have. They keep connections from using
 * up the descriptors of the disk and the peers, since a sidecar that cannot open its next file must
 * stop.
 *
 * @param limit how many descriptors there are
 * @param api how many connections of clients may be open
 * @param http how many connections to the HTTP port may be open
 * @param peers how many connections from peers may be open
 */
record Descriptors(long limit, int api, int http, int peers) {
  /**
   * The descriptors of the process itself: 160 for jars, event loops, listening sockets, the log's
   * tail with a wide margin, and snapshots; and sixteen on each of three ports for connections that
   * are accepted and about to be refused.
   */
  static final int RESERVE = 160 + 3 * 16;

  private static final int HTTP_MAX = 64;
  private static final int HTTP_MIN = 16;
  private static final int API_MIN = 32;

  /**
   * The connections of a peer: three to it and three from it, twice while those of its last run
   * linger.
   */
  static final int PER_PEER = 6;

  private static final int STRANGERS = 8;

  /**
   * Computes the shares.
   *
   * @param limit how many descriptors there are
   * @param wanted how many connections of clients are configured
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

  /** How many descriptors this process may have; {@link Integer#MAX_VALUE} if that is not known. */
  static long limitOfProcess() {
    return system() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Integer.MAX_VALUE;
  }

  /** Whether more than nine tenths of the descriptors are in use. */
  boolean areScarce() {
    return system() instanceof UnixOperatingSystemMXBean unix
        && unix.getOpenFileDescriptorCount() > limit - limit / 10;
  }

  private static OperatingSystemMXBean system() {
    return ManagementFactory.getOperatingSystemMXBean();
  }
}
