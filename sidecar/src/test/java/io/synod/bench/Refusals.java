package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Commands that are all refused with one exit status. */
final class Refusals {
  private final Trio trio;
  private final int status;
  private final Map<List<String>, String> expected = new LinkedHashMap<>();

  Refusals(Trio trio, int status) {
    this.trio = trio;
    this.status = status;
  }

  /** Wants a command's complaint to hold this text. */
  void add(String complaint, String... args) {
    expected.put(List.of(args), complaint);
  }

  /** Runs them all. */
  void check() throws IOException, InterruptedException {
    for (Map.Entry<List<String>, String> each : expected.entrySet()) {
      Commands.Result result = trio.synod().run(trio.node(1), each.getKey().toArray(String[]::new));
      Trio.refused(status, "", result);
      assertThat(result.err()).contains(each.getValue());
    }
  }
}
