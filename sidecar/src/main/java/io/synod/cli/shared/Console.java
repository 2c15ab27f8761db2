package io.synod.cli.shared;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** A writer of text as UTF-8 whatever the locale is, and of unchanged bytes. */
public final class Console extends PrintWriter {
  private final OutputStream to;

  /** Prints to this stream, which is never closed. */
  public Console(OutputStream to) {
    super(to, false, StandardCharsets.UTF_8);
    this.to = to;
  }

  /** Prints the bytes after flushing the text; {@link #checkError} reports a failure. */
  void print(ByteString bytes) {
    flush();
    try {
      bytes.writeTo(to);
      to.flush();
    } catch (IOException e) {
      setError();
    }
  }
}
