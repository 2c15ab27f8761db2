package io.synod.metrics.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.synod.metrics.TestMetrics;
import io.synod.metrics.TestViews;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.port.Observation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpPortTest {
  private final TestMetrics testMetrics = TestMetrics.wired();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private HttpPort port;

  HttpPortTest() throws IOException {
    port = testMetrics.open();
  }

  @BeforeEach
  void turnOnce() {
    testMetrics.metrics.observe(new Observation.Turned(1, 1));
  }

  @AfterEach
  void close() {
    port.close();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.address().getPort() + path))
        .timeout(Duration.ofSeconds(10));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(to(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void servesTheNumbers() throws Exception {
    HttpResponse<String> page = get("/metrics");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(page.body())
        .contains("synod_has_leader 1.0\n", "jvm_memory_bytes_used{area=\"heap\",}")
        .contains("synod_build_info{version=\"0.1.0\",revision=\"abc123\"")
        .doesNotContain("_created");
  }

  @Test
  void speaksOpenMetricsToThoseWhoAsk() throws Exception {
    HttpResponse<String> page =
        client.send(
            to("/metrics").header("Accept", "application/openmetrics-text").build(),
            HttpResponse.BodyHandlers.ofString());

    assertThat(page.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/openmetrics-text");
    assertThat(page.body()).endsWith("# EOF\n");
  }

  @Test
  void compressesForThoseWhoAsk() throws Exception {
    HttpResponse<byte[]> page =
        client.send(
            to("/metrics").header("Accept-Encoding", "deflate, gzip;q=1.0, gzip").build(),
            HttpResponse.BodyHandlers.ofByteArray());

    assertThat(page.headers().firstValue("Content-Encoding")).hasValue("gzip");
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(page.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .contains("synod_has_leader");
    }
  }

  @Test
  void saysWhatIsWrongWhenStuck() throws Exception {
    assertThat(get("/livez").body()).isEqualTo("[+] loop turns\nok\n");

    testMetrics.clock.pass(Duration.ofMinutes(1));

    HttpResponse<String> stuck = get("/livez");
    assertThat(stuck.statusCode()).isEqualTo(503);
    assertThat(stuck.body()).isEqualTo("[-] loop turns\nnot ok\n");
  }

  @Test
  void saysWhyItIsNotReady() throws Exception {
    HttpResponse<String> early = get("/readyz");
    assertThat(early.statusCode()).isEqualTo(503);
    assertThat(early.body())
        .isEqualTo(
            """
            [+] log replayed
            [-] local API serves
            [+] commands can ever be chosen
            [+] state agrees with peers
            [+] caught up
            not ok
            """);

    testMetrics.health.serving(true);

    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void showsLeaderAndQuorumAsJson() throws Exception {
    HttpResponse<String> page = get("/status");

    assertThat(page.headers().firstValue("Content-Type"))
        .hasValue("application/json; charset=utf-8");
    JsonObject root = JsonParser.parseString(page.body()).getAsJsonObject();
    assertThat(root.keySet())
        .containsExactly("cluster", "node", "version", "live", "ready", "status");
    JsonObject status = root.getAsJsonObject("status");
    assertThat(status.keySet())
        .containsExactly(
            "role",
            "incarnation",
            "problem",
            "leader",
            "promised",
            "availability",
            "quorum",
            "chosenSlot",
            "appliedSlot",
            "appliedIndex",
            "oldestIndex",
            "pendingProposals",
            "diskBytes",
            "stateDigest",
            "alarms",
            "peers");
    assertThat(status.getAsJsonObject("leader"))
        .hasToString(
            "{\"node\":\"synod-1\",\"ballot\":\"7.2\",\"self\":false,\"contactSeconds\":0.05}");
    assertThat(status.getAsJsonObject("quorum"))
        .hasToString(
            "{\"voters\":3,\"reachable\":3,\"required\":2,\"reached\":true," + "\"votesLost\":[]}");
    assertThat(status.getAsJsonArray("peers").get(0))
        .hasToString(
            "{\"node\":\"synod-1\",\"connected\":true,\"chosenSlot\":100,\"lagSlots\":2,"
                + "\"roundTripSeconds\":4.0E-4}");
  }

  @Test
  void showsThatThereIsNoLeader() throws Exception {
    testMetrics.status = TestViews.alone(100);

    JsonObject status =
        JsonParser.parseString(get("/status").body()).getAsJsonObject().getAsJsonObject("status");

    assertThat(status.get("leader").isJsonNull()).isTrue();
    assertThat(status.get("problem").getAsString()).contains("nodes 2, 3 are missing");
    assertThat(status.get("availability").getAsString()).isEqualTo("no_quorum");
    assertThat(status.getAsJsonObject("quorum").get("reached").getAsBoolean()).isFalse();
  }

  @Test
  void saysWhatToDoWhenTheClusterCannotForm() throws Exception {
    testMetrics.status = TestViews.blocked();

    JsonObject status =
        JsonParser.parseString(get("/status").body()).getAsJsonObject().getAsJsonObject("status");

    assertThat(status.get("problem").getAsString())
        .contains(
            "node 2 has another disk",
            "wipe the data directories of all voters, restore them again if they were restored");
    assertThat(testMetrics.value("synod_formation_blocked")).isEqualTo(1);
  }

  @Test
  void answersBeforeThereIsANode() throws Exception {
    port.close();
    port = new TestMetrics().open();

    assertThat(get("/livez").statusCode()).isEqualTo(503);
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(get("/metrics").statusCode()).isEqualTo(200);
    assertThat(get("/status").body()).contains("\"status\": null");
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    for (String path : new String[] {"/metrics", "/livez", "/status"}) {
      HttpResponse<String> head =
          client.send(
              to(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(head.statusCode()).as(path).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(head.headers().firstValueAsLong("Content-Length")).isPresent();
    }
  }

  @Test
  void knowsNoOtherPath() throws Exception {
    for (String path : new String[] {"/", "/metrics/", "/livez2", "/status/x", "/%2e%2e/etc"}) {
      HttpResponse<String> answer = get(path);

      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.body()).startsWith("not found").doesNotContain("io.synod", path + " ");
    }
  }

  @Test
  void allowsNoOtherMethod() throws Exception {
    for (String method : new String[] {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
      HttpResponse<String> answer =
          client.send(
              to("/metrics").method(method, HttpRequest.BodyPublishers.ofString("x")).build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).as(method).isEqualTo(405);
      assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }
  }

  @Test
  void hidesItsInsidesWhenANumberCannotBeRead() throws Exception {
    testMetrics.metrics.watch(HttpPortTest::broken);

    HttpResponse<String> answer = get("/status");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).isEqualTo("internal error\n");
  }

  private static NodeStatus broken() {
    throw new IllegalStateException("a secret");
  }
}
