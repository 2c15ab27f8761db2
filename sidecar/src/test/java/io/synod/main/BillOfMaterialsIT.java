package io.synod.main;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that the bill of materials lists what is packaged. */
class BillOfMaterialsIT {
  private static final Path BOM = Path.of("target/bom.json");
  private static final Path LIBRARIES = Path.of("target/lib");

  @Test
  void isOfTheSidecar() throws IOException {
    JsonObject bom = read();
    assertThat(bom.get("bomFormat").getAsString()).isEqualTo("CycloneDX");
    JsonObject component = bom.getAsJsonObject("metadata").getAsJsonObject("component");
    assertThat(component.get("type").getAsString()).isEqualTo("application");
    assertThat(component.get("name").getAsString()).isEqualTo("synod-sidecar");
  }

  @Test
  void listsEveryJarThatIsShippedAndNoOther() throws Exception {
    Map<String, String> listed = new TreeMap<>();
    for (JsonElement element : read().getAsJsonArray("components")) {
      JsonObject component = element.getAsJsonObject();
      String jar = text(component, "name") + "-" + text(component, "version") + ".jar";
      listed.put(jar, sha256(component));
    }
    Map<String, String> shipped = shipped();
    assertThat(shipped.keySet()).anyMatch(jar -> jar.startsWith("synod-proto-"));
    assertThat(listed).isEqualTo(shipped);
  }

  private static JsonObject read() throws IOException {
    return JsonParser.parseString(Files.readString(BOM)).getAsJsonObject();
  }

  private static String text(JsonObject object, String name) {
    return object.get(name).getAsString();
  }

  private static String sha256(JsonObject component) {
    for (JsonElement hash : component.getAsJsonArray("hashes")) {
      if (text(hash.getAsJsonObject(), "alg").equals("SHA-256")) {
        return text(hash.getAsJsonObject(), "content");
      }
    }
    return "none";
  }

  private static Map<String, String> shipped() throws IOException, NoSuchAlgorithmException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> jars = Files.list(LIBRARIES)) {
      for (Path jar : jars.toList()) {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
        hashes.put(jar.getFileName().toString(), HexFormat.of().formatHex(hash));
      }
    }
    return hashes;
  }
}
