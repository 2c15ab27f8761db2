package io.synod.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesBaseIT {
  private static final Path BASE = Tool.deploy().resolve("kubernetes/base");
  private static final int USAGE = 2;

  private final String yaml = render();
  private final Manifests manifests = Manifests.parse(yaml);

  private static String render() {
    Tool.Run rendered = Tool.of("kubectl").run("kustomize", BASE.toString());
    assertThat(rendered.exit()).as(rendered.err()).isZero();
    return rendered.out();
  }

  @Test
  void kubernetesKnowsEveryField() throws Exception {
    assertThat(manifests.documents())
        .extracting(Manifests::kind)
        .containsExactlyInAnyOrder("Service", "StatefulSet", "PodDisruptionBudget");

    manifests.validate();
  }

  @ParameterizedTest
  @ValueSource(strings = {"serviceName", "restartPolicy", "readOnlyRootFilesystem", "clusterIP"})
  void aMisspeltFieldWouldBeFound(String field) {
    Manifests misspelt = Manifests.parse(yaml.replace(field + ":", field + "x:"));

    assertThatThrownBy(misspelt::validate).hasMessageContaining(field + "x");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void theBinaryTakesTheSidecarsArgumentsAndEnvironment(int ordinal) throws Exception {
    JsonObject sidecar = manifests.sidecar();
    String pod = "synod-" + ordinal;
    List<String> arguments = new ArrayList<>(List.of("config", "check"));
    List<String> given = Manifests.strings(sidecar.get("args"));
    assertThat(given.get(0)).isEqualTo("serve");
    arguments.addAll(given.subList(1, given.size()));

    Map<String, String> environment = Manifests.environment(sidecar, pod);
    Tool.Run check = SynodRuns.run(environment, arguments);

    assertThat(check.exit()).as(check.out() + check.err()).isZero();
    assertThat(check.err()).isEmpty();
    assertThat(check.out())
        .containsPattern("(?m)^node +" + pod + " +SYNOD_NODE")
        .containsPattern("(?m)^data +/var/lib/synod/log +SYNOD_DATA");
  }

  @Test
  void aWrongVariableWouldBeFound() throws Exception {
    Map<String, String> environment = Manifests.environment(manifests.sidecar(), "synod-0");
    environment.put("SYNOD_PEER", "1=synod-0.synod:7402");

    Tool.Run check = SynodRuns.run(environment, List.of("config", "check"));

    assertThat(check.exit()).isEqualTo(USAGE);
    assertThat(check.err()).contains("SYNOD_PEER");
  }

  @Test
  void theBinaryTakesTheCommandBeforeTheStop() throws Exception {
    List<String> command =
        Manifests.strings(
            Manifests.at(manifests.sidecar(), "lifecycle", "preStop", "exec").get("command"));
    int jar = command.indexOf("/opt/synod/synod.jar");
    List<String> arguments = new ArrayList<>(command.subList(jar + 1, command.size()));
    arguments.addAll(List.of("--endpoint", "127.0.0.1:1"));

    Tool.Run unreachable = SynodRuns.run(Map.of(), arguments);

    assertThat(unreachable.exit()).as(unreachable.err()).isPositive().isNotEqualTo(USAGE);
  }

  @Test
  void theBinaryTakesTheApplicationsArguments() throws Exception {
    JsonObject app = manifests.pod().getAsJsonArray("containers").get(0).getAsJsonObject();
    List<String> arguments = new ArrayList<>(Manifests.strings(app.get("args")));
    arguments.addAll(List.of("--endpoint", "127.0.0.1:1"));

    Tool.Run unreachable = SynodRuns.run(Manifests.environment(app, "synod-0"), arguments);

    assertThat(unreachable.exit()).as(unreachable.err()).isPositive().isNotEqualTo(USAGE);
  }

  @Test
  void theSidecarOutlivesTheApplicationAndWritesOnlyToItsVolume() {
    JsonObject sidecar = manifests.sidecar();

    assertThat(sidecar.get("restartPolicy").getAsString()).isEqualTo("Always");
    assertThat(manifests.pod().getAsJsonObject("securityContext").get("runAsNonRoot"))
        .hasToString("true");
    JsonObject security = sidecar.getAsJsonObject("securityContext");
    assertThat(security.get("readOnlyRootFilesystem").getAsBoolean()).isTrue();
    assertThat(security.get("allowPrivilegeEscalation").getAsBoolean()).isFalse();
    String mount =
        sidecar
            .getAsJsonArray("volumeMounts")
            .get(0)
            .getAsJsonObject()
            .get("mountPath")
            .getAsString();
    assertThat(Manifests.environment(sidecar, "synod-0").get("SYNOD_DATA")).startsWith(mount + "/");
  }

  @Test
  void theQuotasFitTheHeapAndTheVolume() throws Exception {
    JsonObject sidecar = manifests.sidecar();
    Tool.Run check =
        SynodRuns.run(Manifests.environment(sidecar, "synod-0"), List.of("config", "check"));
    long memory = bytes(Manifests.at(sidecar, "resources", "limits").get("memory").getAsString());
    JsonObject claim =
        manifests
            .only("StatefulSet")
            .getAsJsonObject("spec")
            .getAsJsonArray("volumeClaimTemplates")
            .get(0)
            .getAsJsonObject();
    long volume =
        bytes(Manifests.at(claim, "spec", "resources", "requests").get("storage").getAsString());

    // The heap is half of the memory, and a state needs up to four times its bytes there.
    assertThat(bytes(value(check, "quota.stateBytesMax"))).isLessThanOrEqualTo(memory / 2 / 4);
    assertThat(bytes(value(check, "quota.diskBytesMax"))).isLessThan(volume);
  }

  private static String value(Tool.Run check, String key) {
    return Pattern.compile("(?m)^" + Pattern.quote(key) + " +(\\S+)")
        .matcher(check.out())
        .results()
        .findFirst()
        .orElseThrow()
        .group(1);
  }

  /** The bytes that Kubernetes writes as 8Gi, and Synod as 8GiB. */
  private static long bytes(String size) {
    int shift = size.contains("Gi") ? 30 : 20;
    return Long.parseLong(size.replaceFirst("[GM]iB?$", "")) << shift;
  }

  @Test
  void everyVoterHasAPodAndAName() {
    JsonObject set = manifests.only("StatefulSet").getAsJsonObject("spec");
    String service = set.get("serviceName").getAsString();
    String[] voters =
        Manifests.environment(manifests.sidecar(), "synod-0")
            .getOrDefault("SYNOD_PEERS", "")
            .split(",", -1);

    assertThat(voters).hasSize(set.get("replicas").getAsInt());
    for (int i = 0; i < voters.length; i++) {
      assertThat(voters[i]).isEqualTo((i + 1) + "=synod-" + i + "." + service + ":7402");
    }
    JsonObject headless = manifests.only("Service");
    assertThat(headless.getAsJsonObject("metadata").get("name").getAsString()).isEqualTo(service);
    assertThat(headless.getAsJsonObject("spec").get("publishNotReadyAddresses").getAsBoolean())
        .isTrue();
    assertThat(headless.getAsJsonObject("spec").get("clusterIP").getAsString()).isEqualTo("None");
  }
}
