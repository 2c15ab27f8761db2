package io.synod.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.processes.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageIT {
  private static final Path FOLDER = Tool.deploy().resolve("image");
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "JAVA_HOME", System.getProperty("java.home"));

  // As a container's: read only but for the data volume, and even root may write nowhere else.
  private static final String ENTER =
      "mount --bind \"$0\" \"$0\" && mount --rbind /proc \"$0/proc\""
          + " && mount --bind \"$0/../data\" \"$0/var/lib/synod\""
          + " && mount -o remount,bind,ro \"$0\" && exec chroot \"$0\" \"$@\"";

  @TempDir private Path temporary;

  @Test
  void theRootHoldsAllThatSynodNeedsAndNoShell() throws Exception {
    Path root = temporary.resolve("root");
    Tool.Run made =
        Tool.runIn(ENVIRONMENT, List.of(FOLDER.resolve("rootfs.sh").toString(), root.toString()));
    assertThat(made.exit()).as(made.err()).isZero();

    assertThat(everything(root)).noneMatch(file -> file.endsWith("sh") || file.endsWith("bash"));
    assertThat(everything(root)).noneMatch(ImageIT::isWritableForOthers);
    assertThat(everything(root.resolve("opt/synod/native"))).hasSize(3);

    Tool.Run version = inside(root, List.of("version"));
    assertThat(version.exit()).as(version.err()).isZero();
    assertThat(version.out()).startsWith("synod ");
    assertThat(version.err()).isEmpty();

    // Its standard input is at its end: it serves, and stops.
    List<String> serve =
        List.of(
            "serve",
            "--exit-with-stdin",
            "--node=1",
            "--peers=1=127.0.0.1:" + FreePorts.free(1).get(0),
            "--data=/var/lib/synod/log",
            "--api-port=0",
            "--http-port=0");
    Tool.Run served = inside(root, serve);
    assertThat(served.exit()).as(served.err()).isZero();
    assertThat(served.out()).contains("serves api=");
    assertThat(served.err()).endsWith("stopped\n").doesNotContain("WARN", "ERROR");
    assertThat(temporary.resolve("data/log")).isNotEmptyDirectory();
  }

  /** Nothing of this machine is left to help it: whatever it links to must be in there. */
  private Tool.Run inside(Path root, List<String> arguments) throws IOException {
    Files.createDirectories(root.resolve("var/lib/synod"));
    Files.createDirectories(temporary.resolve("data"));
    List<String> command =
        new ArrayList<>(List.of("unshare", "--map-root-user", "--mount", "sh", "-c", ENTER));
    command.add(root.toString());
    command.addAll(entryPoint());
    command.addAll(arguments);
    return Tool.runIn(ENVIRONMENT, command);
  }

  @Test
  void bothWaysToBuildMakeTheSameImage() throws IOException {
    String dockerfile = Files.readString(FOLDER.resolve("Dockerfile"));
    String script = Files.readString(FOLDER.resolve("build.sh"));

    assertThat(one("--entrypoint '(.*)'", script)).isEqualTo(one("ENTRYPOINT (.*)", dockerfile));
    assertThat(one("--cmd '(.*)'", script)).isEqualTo(one("CMD (.*)", dockerfile));
    assertThat(one("--user (\\S+)", script)).isEqualTo(one("USER (\\S+)", dockerfile));
    assertThat(one("--env (\\S+)", script)).isEqualTo(one("ENV (\\S+)", dockerfile));
    assertThat(one("--volume (\\S+)", script)).isEqualTo(one("VOLUME (\\S+)", dockerfile));
    assertThat(one("--stop-signal (\\S+)", script)).isEqualTo(one("STOPSIGNAL (\\S+)", dockerfile));
    assertThat(one("--port (\\S+) --port", script) + " " + one("--port \\S+ --port (\\S+)", script))
        .isEqualTo(one("EXPOSE (.*)", dockerfile));
  }

  private static List<String> entryPoint() throws IOException {
    String words = one("ENTRYPOINT \\[(.*)\\]", Files.readString(FOLDER.resolve("Dockerfile")));
    return Stream.of(words.split(", ", -1)).map(word -> word.replace("\"", "")).toList();
  }

  private static String one(String regex, String text) {
    Matcher matcher = Pattern.compile("(?m)^ *" + regex).matcher(text);
    assertThat(matcher.find()).as(regex).isTrue();
    return matcher.group(1).strip();
  }

  private static List<Path> everything(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.toList();
    }
  }

  private static boolean isWritableForOthers(Path file) {
    Set<PosixFilePermission> others = PosixFilePermissions.fromString("----w--w-");
    try {
      return !Files.isSymbolicLink(file)
          && Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS).stream()
              .anyMatch(others::contains);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
