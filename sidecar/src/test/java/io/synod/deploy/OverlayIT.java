package io.synod.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.synod.pages.DocPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The overlay that {@link DocPage#RUNNING} tells its readers to write, as it stands there. */
class OverlayIT {
  @TempDir private Path folder;

  @Test
  void runsTheReadersImagesAndLeavesTheRestAlone() throws Exception {
    Path base = copyOfBase();
    Path overlay = Files.createDirectory(folder.resolve("orders"));
    Files.writeString(
        overlay.resolve("kustomization.yaml"),
        DocPage.RUNNING.block("yaml", "kind: Kustomization"));

    Manifests before = render(base);
    Manifests after = render(overlay);

    after.validate();
    JsonArray containers = after.pod().getAsJsonArray("containers");
    assertThat(containers).hasSize(1);
    JsonObject app = containers.get(0).getAsJsonObject();
    assertThat(app.get("image").getAsString()).isEqualTo("registry.example/orders:1.2.3");
    assertThat(Manifests.strings(app.get("args"))).containsExactly("--port", "8080");
    assertThat(Manifests.environment(app, "synod-0"))
        .containsEntry("SYNOD_ENDPOINT", "127.0.0.1:7401");

    JsonObject sidecar = after.sidecar();
    assertThat(sidecar.get("image").getAsString()).isEqualTo("registry.example/synod:0.1.0");
    assertThat(Manifests.strings(sidecar.get("args"))).containsExactly("serve");
    assertThat(after.toString()).doesNotContain("localhost/synod");

    // But for the two images and the sample's arguments nothing is changed.
    sidecar.add("image", before.sidecar().get("image"));
    JsonObject sample = before.pod().getAsJsonArray("containers").get(0).getAsJsonObject();
    for (String changed : List.of("image", "args")) {
      app.add(changed, sample.get(changed));
    }
    assertThat(after).isEqualTo(before);
  }

  private static Manifests render(Path directory) {
    Tool.Run rendered = Tool.of("kubectl").run("kustomize", directory.toString());
    assertThat(rendered.exit()).as(rendered.err()).isZero();
    return Manifests.parse(rendered.out());
  }

  private Path copyOfBase() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("base"));
    try (Stream<Path> files = Files.list(Tool.deploy().resolve("kubernetes/base"))) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }
}
