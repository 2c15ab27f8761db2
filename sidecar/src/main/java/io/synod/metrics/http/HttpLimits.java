package io.synod.metrics.http;

import java.time.Duration;

/**
 * The limits of the HTTP port.
 *
 * @param connectionsMax how many connections may be open; above it the longest idle one is closed
 * @param idle how long a connection may be open without a request
 * @param request how long a client may take to send a request
 * @param answer how long a client may take to read a response
 */
public record HttpLimits(int connectionsMax, Duration idle, Duration request, Duration answer) {

  /** Refuses limits below 1. */
  public HttpLimits {
    if (connectionsMax < 1) {
      throw new IllegalArgumentException("connectionsMax must be at least 1");
    }
  }

  /** Limits with a minute of idleness, ten seconds for a request and thirty for a response. */
  public static HttpLimits of(int connectionsMax) {
    return new HttpLimits(
        connectionsMax, Duration.ofSeconds(60), Duration.ofSeconds(10), Duration.ofSeconds(30));
  }
}
