package io.synod.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.deploy.Tool;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

class PromtoolIT {
  private final Tool promtool = Tool.of("promtool");

  @Test
  void findsNothingToCorrectInThePage() throws Exception {
    Tool.Run check = promtool.runWith(page(), "check", "metrics");

    assertThat(check).isEqualTo(new Tool.Run(0, "", ""));
  }

  @Test
  void wouldFindAWrongName() {
    Tool.Run check =
        promtool.runWith("# TYPE synod_wrong counter\nsynod_wrong 1\n", "check", "metrics");

    assertThat(check.exit()).isNotZero();
    assertThat(check.err()).contains("synod_wrong");
  }

  private static String page() throws Exception {
    Fixture fixture = Fixture.wired();
    fixture.metrics.cycled(1, 1);
    try (HttpPort port = fixture.open()) {
      URI uri = URI.create("http://127.0.0.1:" + port.address().getPort() + "/metrics");
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }
}
