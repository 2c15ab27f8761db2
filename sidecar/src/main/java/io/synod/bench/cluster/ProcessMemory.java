package io.synod.bench.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory of one process, as {@code /proc/PID/status} reports it; 0 where it reports nothing.
 *
 * @param peakKib the most that was resident since it began, pages of mapped files included
 * @param privateKib what is resident now and belongs to no file
 */
public record ProcessMemory(long peakKib, long privateKib) {
  private static final Pattern LINE = Pattern.compile("(?m)^(\\w+):\\s+(\\d+) kB$");

  static ProcessMemory parse(String status) {
    long peak = 0;
    long anonymous = 0;
    Matcher line = LINE.matcher(status);
    while (line.find()) {
      if (line.group(1).equals("VmHWM")) {
        peak = Long.parseLong(line.group(2));
      } else if (line.group(1).equals("RssAnon")) {
        anonymous = Long.parseLong(line.group(2));
      }
    }
    return new ProcessMemory(peak, anonymous);
  }

  static ProcessMemory read(long pid) {
    try {
      return parse(
          Files.readString(Path.of("/proc/" + pid + "/status"), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      // It ended, or this system has no such files.
      return new ProcessMemory(0, 0);
    }
  }

  /** The greater of each. */
  ProcessMemory max(ProcessMemory other) {
    return new ProcessMemory(
        Math.max(peakKib, other.peakKib), Math.max(privateKib, other.privateKib));
  }
}
