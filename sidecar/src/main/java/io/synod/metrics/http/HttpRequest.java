package io.synod.metrics.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a request of HTTP/1.x.
 *
 * @param method such as {@code GET}
 * @param path the decoded path, without the query
 * @param headers the headers by their names in lower case; several of one name are joined by commas
 * @param keepsAlive whether another request may follow on the connection
 * @param bodyBytes the length of the body that follows
 */
record HttpRequest(
    String method, String path, Map<String, String> headers, boolean keepsAlive, int bodyBytes) {
  private static final Pattern LINE =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (\\S+) HTTP/1\\.([01])");
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*(.*?)[ \\t]*");

  /** A request is refused, with this status code and reason. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;
    private final int code;

    Malformed(int code, String message) {
      super(message, null, false, false);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /** Parses the head: the request line and the headers, without the empty line after them. */
  static HttpRequest parse(byte[] head, int length) throws Malformed {
    String[] lines = new String(head, 0, length, StandardCharsets.ISO_8859_1).split("\r?\n", -1);
    Matcher line = LINE.matcher(lines[0]);
    if (!line.matches()) {
      throw new Malformed(400, "the request line is malformed");
    }
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      Matcher header = HEADER.matcher(lines[i]);
      if (!header.matches()) {
        throw new Malformed(400, "a header is malformed");
      }
      headers.merge(
          header.group(1).toLowerCase(Locale.ROOT), header.group(2), (one, two) -> one + "," + two);
    }
    if (headers.containsKey("transfer-encoding")) {
      throw new Malformed(411, "a body needs a Content-Length");
    }
    boolean keeps =
        line.group(3).equals("1")
            && !headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("close");
    return new HttpRequest(line.group(1), path(line.group(2)), headers, keeps, body(headers));
  }

  private static String path(String target) throws Malformed {
    try {
      String path = new URI(target).getPath();
      return path == null ? "" : path;
    } catch (URISyntaxException e) {
      throw new Malformed(400, "the path is malformed");
    }
  }

  private static int body(Map<String, String> headers) throws Malformed {
    String length = headers.getOrDefault("content-length", "0");
    if (!length.matches("\\d{1,18}")) {
      throw new Malformed(400, "the Content-Length is malformed");
    }
    return (int) Math.min(Integer.MAX_VALUE, Long.parseLong(length));
  }

  /** Whether the list of this header contains this word, with or without a weight. */
  boolean accepts(String header, String word) {
    return List.of(headers.getOrDefault(header, "").split(",")).stream()
        .anyMatch(value -> value.strip().equals(word));
  }

  boolean isHead() {
    return method.equals("HEAD");
  }
}
