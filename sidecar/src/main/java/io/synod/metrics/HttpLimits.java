package io.synod.metrics;

import java.time.Duration;

/**
 * How much one HTTP port takes on.
 *
 * @param connectionsMax how many connections may be open; the longest silent one makes place
 * @param idle how long a connection may be open without a request
 * @param request how long a caller may take to send a request it has begun
 * @param answer how long a caller may take to read an answer
 */
public record HttpLimits(int connectionsMax, Duration idle, Duration request, Duration answer) {

  /** Refuses what no port can run with. */
  public HttpLimits {
    if (connectionsMax < 1) {
      throw new IllegalArgumentException("connectionsMax must be at least 1");
    }
  }

  /** With a minute of silence, ten seconds for a request and thirty for an answer. */
  public static HttpLimits of(int connectionsMax) {
    return new HttpLimits(
        connectionsMax, Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(30));
  }
}
