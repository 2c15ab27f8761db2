package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs commands that must all be refused with the same exit status. */
final class RefusedCommands {
  private final ThreeSidecars threeSidecars;
  private final int status;
  private final Map<List<String>, String> expected = new LinkedHashMap<>();

  RefusedCommands(ThreeSidecars threeSidecars, int status) {
    this.threeSidecars = threeSidecars;
    this.status = status;
  }

  /** Adds a command whose error must contain this text. */
  void add(String complaint, String... args) {
    expected.put(List.of(args), complaint);
  }

  /** Runs all commands. */
  void check() throws IOException, InterruptedException {
    for (Map.Entry<List<String>, String> each : expected.entrySet()) {
      CommandRunner.Result result =
          threeSidecars.synod().run(threeSidecars.node(1), each.getKey().toArray(String[]::new));
      ThreeSidecars.refused(status, "", result);
      assertThat(result.err()).contains(each.getValue());
    }
  }
}
