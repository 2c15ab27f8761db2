package io.synod;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests that every test and every clean-up has a time limit, which holds for uninterruptible waits
 * too.
 */
class TimeLimitTest {
  // The name that JUnit gives to threads that it can abandon.
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
