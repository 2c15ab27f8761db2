package io.synod.cli.shared;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Prints text as UTF-8 whatever the locale, and bytes as they are. */
public final class Console extends PrintWriter {
  private final OutputStream to;

  /** Prints there; not closed by anyone. */
  public Console(OutputStream to) {
    super(to, false, StandardCharsets.UTF_8);
    this.to = to;
  }

  /** Prints the bytes behind what was printed before; a fault shows in {@link #checkError}. */
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
