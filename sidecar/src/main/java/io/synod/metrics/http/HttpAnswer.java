package io.synod.metrics.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP response.
 *
 * @param code the status code
 * @param contentType the type of the body
 * @param body the text of the body
 * @param allow the allowed methods, if another was refused; otherwise null
 */
record HttpAnswer(int code, String contentType, String body, @Nullable String allow) {
  static final String TEXT = "text/plain; charset=utf-8";

  private static final Map<Integer, String> PHRASES =
      Map.of(
          200, "OK",
          400, "Bad Request",
          404, "Not Found",
          405, "Method Not Allowed",
          411, "Length Required",
          413, "Content Too Large",
          431, "Request Header Fields Too Large",
          500, "Internal Server Error",
          503, "Service Unavailable");

  static HttpAnswer of(int code, String contentType, String body) {
    return new HttpAnswer(code, contentType, body, null);
  }

  /** A response of one line of text. */
  static HttpAnswer text(int code, String line) {
    return of(code, TEXT, line + "\n");
  }

  /** The bytes of the response; {@code request} is null if it could not be read. */
  ByteBuffer bytes(@Nullable HttpRequest request, boolean keepsAlive) {
    byte[] plain = body.getBytes(StandardCharsets.UTF_8);
    boolean head = request != null && request.isHead();
    boolean zip = request != null && !head && request.accepts("accept-encoding", "gzip");
    byte[] sent = zip ? zipped(plain) : plain;
    String text =
        "HTTP/1.1 "
            + code
            + " "
            + PHRASES.getOrDefault(code, "Unknown")
            + "\r\nContent-Type: "
            + contentType
            + "\r\nContent-Length: "
            + sent.length
            + (zip ? "\r\nContent-Encoding: gzip" : "")
            + (allow == null ? "" : "\r\nAllow: " + allow)
            + (keepsAlive ? "" : "\r\nConnection: close")
            + "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n";
    byte[] top = text.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer all = ByteBuffer.allocate(top.length + (head ? 0 : sent.length)).put(top);
    return (head ? all : all.put(sent)).flip();
  }

  private static byte[] zipped(byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(plain.length / 4 + 64);
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
