package io.synod.net;

import java.security.Security;

/**
 * How long the process believes a name. The JVM's defaults remember a missing name for ten seconds
 * and a found one for thirty, and gRPC remembers on top: a peer that comes back elsewhere under its
 * old name would not be found for up to a minute.
 */
public final class Dns {
  private Dns() {}

  /**
   * Sets it for the whole process: call this first in {@code main}, before any name is looked up
   * and any channel is made.
   */
  public static void configure() {
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    Security.setProperty("networkaddress.cache.ttl", "0");
    // gRPC reads the system property of that name, the JVM the security property.
    System.setProperty("networkaddress.cache.ttl", "0");
  }
}
