package io.synod.metrics.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.metrics.TestMetrics;
import io.synod.paxos.value.Bytes;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaderPageTest {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicReference<String> lookups = new AtomicReference<>();
  private HttpPort port;

  @BeforeEach
  void open() throws Exception {
    port = TestMetrics.wired().open();
  }

  @AfterEach
  void close() {
    port.close();
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port.address().getPort() + path);
    return client.send(
        HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void know(LeaderLookup.LeaderAnswer answer) {
    port.answerLeaders(
        name -> {
          lookups.set(name);
          return CompletableFuture.completedFuture(answer);
        });
  }

  private static LeaderLookup.Holder held(byte[] value, long validNanos) {
    return new LeaderLookup.Holder(2, 77, Bytes.of(value), 1_700_000_000_123L, validNanos);
  }

  @Test
  void tellsWhoLeadsAndForHowLongAtLeast() throws Exception {
    know(held("10.0.0.7:\"80\"".getBytes(StandardCharsets.UTF_8), 1_999_999));

    HttpResponse<String> page = get("/leader/orders%2Fa%20b/c");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type"))
        .hasValue("application/json; charset=utf-8");
    assertThat(lookups.get()).isEqualTo("orders/a b/c");
    assertThat(page.body())
        .isEqualTo(
            "{\"name\":\"orders/a b/c\",\"node\":\"2\",\"token\":77,"
                + "\"value\":\"10.0.0.7:\\\"80\\\"\","
                + "\"since\":\"2023-11-14T22:13:20.123Z\",\"valid_for_ms\":1}\n");
  }

  @Test
  void givesAValueThatIsNoTextInBase64AndNoValidityThatItDoesNotKnow() throws Exception {
    know(held(new byte[] {(byte) 0xff, 0}, 0));

    assertThat(get("/leader/l").body())
        .contains("\"value_base64\":\"/wA=\"")
        .doesNotContain("\"value\"", "valid_for_ms");
  }

  @Test
  void saysThatNobodyLeads() throws Exception {
    know(new LeaderLookup.Free());

    assertThat(get("/leader/l").statusCode()).isEqualTo(404);
    assertThat(get("/leader/l").body()).isEqualTo("{\"error\":\"the lock is free\"}\n");
  }

  @Test
  void saysThatItCannotKnow() throws Exception {
    assertThat(get("/leader/l").statusCode()).as("before there is a node").isEqualTo(503);
    know(new LeaderLookup.Unknown("no leader"));
    assertThat(get("/leader/l").statusCode()).isEqualTo(503);
    assertThat(get("/leader/l").body()).isEqualTo("{\"error\":\"no leader\"}\n");
    port.answerLeaders(
        name -> CompletableFuture.failedFuture(new IllegalStateException("a secret")));
    assertThat(get("/leader/l").statusCode()).isEqualTo(503);
    assertThat(get("/leader/l").body()).doesNotContain("secret");
  }

  @Test
  void refusesWhatIsNoName() throws Exception {
    know(new LeaderLookup.Free());

    for (String name : new String[] {"", "a%0ab", "a".repeat(256), "%1b"}) {
      assertThat(get("/leader/" + name).statusCode()).as(name).isEqualTo(400);
    }
    assertThat(get("/leader").statusCode()).isEqualTo(404);
  }
}
