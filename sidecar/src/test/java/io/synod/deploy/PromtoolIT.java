package io.synod.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.metrics.MetricsPage;
import org.junit.jupiter.api.Test;

class PromtoolIT {
  private final Tool promtool = Tool.of("promtool");

  @Test
  void findsNothingToCorrectInThePage() throws Exception {
    Tool.Run check = promtool.runWith(MetricsPage.read(), "check", "metrics");

    assertThat(check).isEqualTo(new Tool.Run(0, "", ""));
  }

  @Test
  void wouldFindAWrongName() {
    Tool.Run check =
        promtool.runWith("# TYPE synod_wrong counter\nsynod_wrong 1\n", "check", "metrics");

    assertThat(check.exit()).isNotZero();
    assertThat(check.err()).contains("synod_wrong");
  }
}
