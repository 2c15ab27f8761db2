package io.synod;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every test and every clean-up has a time limit that no uninterruptible wait can get around. */
class TimeLimitTest {
  // JUnit names the threads so on which it runs what it can leave behind.
  private static final String LIMITED = "junit-timeout-thread";

  private String preparedBy = "";

  @BeforeEach
  void prepare() {
    preparedBy = Thread.currentThread().getName();
  }

  @AfterEach
  void cleansUpWithinALimit() {
    assertThat(Thread.currentThread().getName()).startsWith(LIMITED);
  }

  @Test
  void runsWithinALimit() {
    assertThat(preparedBy).startsWith(LIMITED);
    assertThat(Thread.currentThread().getName()).startsWith(LIMITED);
  }
}
