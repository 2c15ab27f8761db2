package io.synod.net;

import java.security.Security;

/**
 * Turns off the caching of name lookups. By default the JVM caches a missing name for ten seconds
 * and a found one for thirty, and gRPC caches on top of that: a peer that returns at another
 * address under its old name would not be found for up to a minute.
 */
public final class Dns {
  private Dns() {}

  /**
   * Applies to the whole process: call this first in {@code main}, before any name is looked up and
   * any channel is created.
   */
  public static void configure() {
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    Security.setProperty("networkaddress.cache.ttl", "0");
    // gRPC reads the system property of this name, the JVM the security property.
    System.setProperty("networkaddress.cache.ttl", "0");
  }
}
