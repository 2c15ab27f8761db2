package io.synod.main.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Commands that are all refused with one exit status; they run side by side. */
final class Refusals {
  private final Trio trio;
  private final int status;
  private final Map<Commands.Running, String> expected = new LinkedHashMap<>();

  Refusals(Trio trio, int status) {
    this.trio = trio;
    this.status = status;
  }

  /** Runs a command whose complaint must hold this text. */
  void add(String complaint, String... args) throws IOException {
    expected.put(trio.synod().start(trio.node(1), args), complaint);
  }

  void check() throws IOException, InterruptedException {
    for (Map.Entry<Commands.Running, String> each : expected.entrySet()) {
      Commands.Result result = each.getKey().await();
      Trio.refused(status, "", result);
      assertThat(result.err()).contains(each.getValue());
    }
  }
}
