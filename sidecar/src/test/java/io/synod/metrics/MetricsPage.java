package io.synod.metrics;

import io.synod.metrics.http.HttpPort;
import io.synod.runtime.port.Observation;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The page that Prometheus gets, of a node with every source wired. */
public final class MetricsPage {
  private MetricsPage() {}

  /** Reads it over HTTP. */
  public static String read() throws IOException, InterruptedException {
    TestMetrics testMetrics = TestMetrics.wired();
    testMetrics.metrics.observe(new Observation.Turned(1, 1));
    try (HttpPort port = testMetrics.open()) {
      URI uri = URI.create("http://127.0.0.1:" + port.address().getPort() + "/metrics");
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
