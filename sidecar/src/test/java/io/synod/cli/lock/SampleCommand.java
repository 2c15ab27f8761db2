package io.synod.cli.lock;

import io.synod.cli.shared.CannedSidecar;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@code synod} command as a process of its own. */
public final class SampleCommand implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final Path out;
  private final Path err;

  private SampleCommand(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  public static SampleCommand start(CannedSidecar sidecar, Path dir, String... args)
      throws IOException {
    return start(sidecar, dir, List.of(), List.of(args));
  }

  /** Runs it by a program that takes it for its arguments. */
  static SampleCommand start(CannedSidecar sidecar, Path dir, List<String> by, List<String> args)
      throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>(by);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            // For tests that send it what a crash does.
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + dir.resolve("crash"),
            // As the jar's manifest says; a class path has none.
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath,
            "io.synod.main.Synod"));
    command.addAll(args);
    Path out = Files.createTempFile(dir, "out", "");
    Path err = Files.createTempFile(dir, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("SYNOD_ENDPOINT", sidecar.endpoint());
    return new SampleCommand(builder.start(), out, err);
  }

  Process process() {
    return process;
  }

  public int exitStatus() throws InterruptedException, IOException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("it did not end; it said " + out() + err());
    }
    return process.exitValue();
  }

  public void signal(String name) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    if (status != 0) {
      throw new AssertionError("kill ended with " + status);
    }
  }

  String out() throws IOException {
    return Files.readString(out, StandardCharsets.UTF_8);
  }

  public String err() throws IOException {
    return Files.readString(err, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
