package io.synod.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.bench.cluster.LaunchRecipes;
import org.junit.jupiter.api.Test;

class LaunchRecipesTest {
  @Test
  void givesItsServersTheOptionsForTheirJava() {
    assertThat(LaunchRecipes.withoutLauncher(" -Xmx99m  -Da=b "))
        .containsSubsequence("-Xmx99m", "-Da=b", "-cp", "io.synod.main.Synod");
    assertThat(LaunchRecipes.withoutLauncher("")).doesNotContain("");
  }
}
