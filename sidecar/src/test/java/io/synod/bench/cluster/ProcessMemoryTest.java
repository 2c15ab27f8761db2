package io.synod.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProcessMemoryTest {
  private static final String STATUS =
      """
      Name:\tetcd
      State:\tS (sleeping)
      VmPeak:\t17969188 kB
      VmHWM:\t  123456 kB
      VmRSS:\t  100000 kB
      RssAnon:\t   60000 kB
      RssFile:\t   40000 kB
      Threads:\t9
      """;

  @Test
  void readsThePeakAndWhatBelongsToNoFile() {
    assertThat(ProcessMemory.parse(STATUS)).isEqualTo(new ProcessMemory(123_456, 60_000));
  }

  @Test
  void readsNothingOfAProcessThatEnded() {
    assertThat(ProcessMemory.parse("Name:\tetcd\nState:\tZ (zombie)\n"))
        .isEqualTo(new ProcessMemory(0, 0));
    assertThat(ProcessMemory.read(Long.MAX_VALUE)).isEqualTo(new ProcessMemory(0, 0));
  }

  @Test
  void readsThisProcess() {
    ProcessMemory own = ProcessMemory.read(ProcessHandle.current().pid());
    assertThat(own.privateKib()).isPositive();
    assertThat(own.peakKib()).isGreaterThanOrEqualTo(own.privateKib());
  }

  @Test
  void remembersTheGreaterOfEach() {
    assertThat(new ProcessMemory(5, 1).max(new ProcessMemory(3, 2)))
        .isEqualTo(new ProcessMemory(5, 2));
  }
}
