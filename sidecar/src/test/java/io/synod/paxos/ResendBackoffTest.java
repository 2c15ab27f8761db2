package io.synod.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResendBackoffTest {
  private final ResendBackoff resendBackoff = new ResendBackoff(300, 5_000);

  @Test
  void waitsTwiceAsLongEachTimeUpToABound() {
    long[] waits = new long[7];
    for (int i = 0; i < waits.length; i++) {
      waits[i] = resendBackoff.nanos();
      resendBackoff.onTimeout();
    }
    assertThat(waits).containsExactly(300, 600, 1_200, 2_400, 4_800, 5_000, 5_000);
  }

  @Test
  void remembersHowLongAnswersTake() {
    resendBackoff.onReply(1_000);
    assertThat(resendBackoff.nanos()).isEqualTo(2_000);
    resendBackoff.onReply(1_900);
    assertThat(resendBackoff.nanos()).isEqualTo(3_800);
    resendBackoff.onReply(9_000);
    assertThat(resendBackoff.nanos()).isEqualTo(5_000);
  }

  @Test
  void comesDownAsAnswersComeSooner() {
    resendBackoff.onReply(2_000);
    for (int i = 0; i < 20; i++) {
      resendBackoff.onReply(10);
    }
    assertThat(resendBackoff.nanos()).isEqualTo(300);
  }

  @Test
  void waitsTheLeastForWhatIsKnownToBeLost() {
    resendBackoff.onReply(1_000);
    Request request = new Request(50);
    assertThat(request.dueNanos(resendBackoff)).isEqualTo(2_050);
    request.markLost();
    assertThat(request.dueNanos(resendBackoff)).isEqualTo(350);
    request.markSent(400);
    assertThat(request.dueNanos(resendBackoff)).isEqualTo(2_400);
    assertThat(request.ageNanos(500)).as("age without the lost first request").isEqualTo(100);
  }

  @Test
  void mindsNoDroppedCopyWhileAnEarlierOneMayArrive() {
    Request request = new Request(50);
    request.markSent(400);
    request.markDropped();
    assertThat(request.isLost()).isFalse();
    assertThat(request.dueNanos(resendBackoff)).isEqualTo(700);
    assertThat(request.ageNanos(450)).isEqualTo(400);
    request.markSent(700);
    request.markDropped();
    request.markDropped();
    assertThat(request.isLost()).as("every copy was dropped").isTrue();
    request.markSent(900);
    assertThat(request.ageNanos(950)).isEqualTo(50);
  }
}
