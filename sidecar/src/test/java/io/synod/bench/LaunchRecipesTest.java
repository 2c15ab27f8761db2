package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.bench.cluster.LaunchRecipes;
import org.junit.jupiter.api.Test;

class LaunchRecipesTest {
  /** Without the launcher nobody else reads them. */
  @Test
  void givesItsServersTheOptionsForTheirJava() {
    assertThat(LaunchRecipes.self(" -Xmx99m  -Da=b "))
        .containsSubsequence("-Xmx99m", "-Da=b", "-cp", "io.synod.main.Synod");
    assertThat(LaunchRecipes.self("")).isEqualTo(LaunchRecipes.self()).doesNotContain("");
  }
}
