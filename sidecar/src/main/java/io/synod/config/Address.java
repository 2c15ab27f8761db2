package io.synod.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host and a port, not resolved.
 *
 * @param host a name or an address; an IPv6 address without brackets
 * @param port from 1, or 0 for any free one where that is allowed
 */
public record Address(String host, int port) {
  private static final Pattern FORM = Pattern.compile("(\\[[^\\[\\]]*]|[^:\\[\\]]*):(\\d{1,5})");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})");
  private static final Pattern IPV6 =
      Pattern.compile("(?=.*:.*:)[0-9A-Fa-f:]{2,39}(\\d{1,3}(\\.\\d{1,3}){3})?(%[A-Za-z0-9._-]+)?");

  /** Parses {@code host:port} or {@code [address]:port}. */
  public static Address parse(String text) {
    Matcher matcher = FORM.matcher(text);
    int port = matcher.matches() ? Integer.parseInt(matcher.group(2)) : -1;
    if (port < 1 || port > 65_535) {
      throw new WrongValueException("host:port or [address]:port", text);
    }
    return new Address(host(matcher.group(1)), port);
  }

  /** Parses a host name, an IPv4 address or an IPv6 one, with brackets or without. */
  static String host(String text) {
    boolean brackets = text.startsWith("[") && text.endsWith("]");
    String bare = brackets ? text.substring(1, text.length() - 1) : text;
    boolean known = IPV6.matcher(bare).matches() || (!brackets && NAME.matcher(bare).matches());
    if (!known) {
      throw new WrongValueException("a host name or an IP address", text);
    }
    return bare;
  }

  /** Whether the host, without being resolved, is a loopback address. */
  public boolean isLoopback() {
    return isLoopback(host);
  }

  static boolean isLoopback(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
