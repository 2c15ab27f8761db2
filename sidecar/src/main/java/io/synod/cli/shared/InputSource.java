package io.synod.cli.shared;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The input of a command: an argument, a file, or standard input. */
public final class InputSource {
  private InputSource() {}

  /** The bytes of {@code text}, of standard input if that is {@code -}, or else of the file. */
  public static ByteString bytes(@Nullable String text, @Nullable Path file) throws IOException {
    if (text != null && !text.equals("-")) {
      return ByteString.copyFromUtf8(text);
    }
    try (InputStream in = open(file)) {
      return ByteString.readFrom(in);
    }
  }

  /** The file, or standard input if there is none. */
  public static InputStream open(@Nullable Path file) throws IOException {
    if (file == null) {
      return System.in;
    }
    if (Files.isDirectory(file)) {
      throw new IOException("cannot read " + file + ": it is a directory");
    }
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new IOException("cannot read " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new IOException("cannot read " + file, e);
    }
  }
}
