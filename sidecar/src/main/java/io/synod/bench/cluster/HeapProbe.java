package io.synod.bench.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks another Java process what its heap holds. */
public final class HeapProbe {
  private static final Pattern TOTAL =
      Pattern.compile("^Total\\s+\\d+\\s+(\\d+)", Pattern.MULTILINE);

  private HeapProbe() {}

  /** Bytes of all objects that are in use, by {@code jcmd}, which makes it collect first. */
  public static long liveBytes(String pid) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(System.getProperty("java.home") + "/bin/jcmd", pid, "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    StringBuilder text = new StringBuilder();
    try (BufferedReader reader = jcmd.inputReader(StandardCharsets.UTF_8)) {
      reader.lines().forEach(line -> text.append(line).append('\n'));
    }
    jcmd.waitFor();
    Matcher total = TOTAL.matcher(text);
    if (!total.find()) {
      throw new IOException("jcmd " + pid + " told nothing of the heap; is this a JDK?");
    }
    return Long.parseLong(total.group(1));
  }
}
