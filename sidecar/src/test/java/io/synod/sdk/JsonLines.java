package io.synod.sdk;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A file of JSON lines to which another process appends. */
final class JsonLines {
  private final Path file;
  private final List<JsonObject> lines = new ArrayList<>();
  private long offset;

  JsonLines(Path file) {
    this.file = file;
  }

  /** All complete lines so far. */
  List<JsonObject> all() {
    if (Files.exists(file)) {
      for (String line : more()) {
        lines.add(JsonParser.parseString(line).getAsJsonObject());
      }
    }
    return Collections.unmodifiableList(lines);
  }

  private List<String> more() {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[Math.toIntExact(open.length() - offset)];
      open.seek(offset);
      open.readFully(bytes);
      int whole = bytes.length;
      while (whole > 0 && bytes[whole - 1] != '\n') {
        whole--;
      }
      offset += whole;
      return new String(bytes, 0, whole, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
