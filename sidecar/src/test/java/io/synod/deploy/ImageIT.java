package io.synod.deploy;

import static org.assertj.core.api.Assertions.assertThat;

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

  private static final String ENTER =
      "mount --rbind /proc \"$0/proc\" && exec chroot \"$0\" \"$@\"";

  @TempDir private Path temporary;

  @Test
  void theRootHoldsAllThatSynodNeedsAndNoShell() throws Exception {
    Path root = temporary.resolve("root");
    Tool.Run made =
        Tool.runIn(ENVIRONMENT, List.of(FOLDER.resolve("rootfs.sh").toString(), root.toString()));
    assertThat(made.exit()).as(made.err()).isZero();

    // Nothing of this machine is left to help it: whatever it links to must be in there.
    List<String> inside =
        new ArrayList<>(List.of("unshare", "--map-root-user", "--mount", "sh", "-c", ENTER));
    inside.add(root.toString());
    inside.addAll(entryPoint());
    inside.add("version");
    Tool.Run version = Tool.runIn(ENVIRONMENT, inside);

    assertThat(version.exit()).as(version.err()).isZero();
    assertThat(version.out()).startsWith("synod ");
    assertThat(version.err()).isEmpty();
    assertThat(everything(root)).noneMatch(file -> file.endsWith("sh") || file.endsWith("bash"));
    assertThat(everything(root)).noneMatch(ImageIT::isWritableForOthers);
    assertThat(everything(root.resolve("opt/synod/native"))).hasSize(4);
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
