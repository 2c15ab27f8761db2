package io.synod.runtime.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tests which of the slots with a digest is the roundest. */
class OwnDigestsTest {
  private final OwnDigests ownDigests = new OwnDigests();

  private void fill(long from, long through) {
    for (long slot = from; slot <= through; slot++) {
      ownDigests.add(slot, -slot);
    }
  }

  @Test
  void isTheNewestIfNoOtherIsAbove() {
    fill(1, 64);
    assertThat(ownDigests.mostAligned(63)).isEqualTo(64);
    fill(65, 67);
    assertThat(ownDigests.mostAligned(66)).isEqualTo(67);
    assertThat(ownDigests.mostAligned(67)).isEqualTo(67);
  }

  @Test
  void isTheSameInOverlappingRanges() {
    fill(1, 664);
    assertThat(ownDigests.mostAligned(614)).isEqualTo(640);
    fill(665, 700);
    assertThat(ownDigests.mostAligned(625)).isEqualTo(640);
    assertThat(ownDigests.at(640)).isEqualTo(-640);
  }

  @Test
  void hasADigest() {
    fill(1, 3);
    ownDigests.restart(650);
    assertThat(ownDigests.has(3)).isFalse();
    fill(650, 670);
    assertThat(ownDigests.mostAligned(600)).isEqualTo(656);
  }
}
