package io.synod.bench.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.bench.load.MemberStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemberPollsTest {
  private static final MemberStatus LEADER = new MemberStatus(true, "2 at round 3", 500, true);
  private static final MemberStatus FOLLOWER = new MemberStatus(false, "2 at round 3", 500, true);

  private static void isOutOfStep(MemberStatus third) {
    assertThat(MemberPolls.leader(List.of(FOLLOWER, LEADER, third), 500)).isEmpty();
  }

  @Test
  void findsTheLeaderOfMembersInStep() {
    assertThat(MemberPolls.leader(List.of(FOLLOWER, LEADER, FOLLOWER), 500)).hasValue(1);
    assertThat(MemberPolls.leader(List.of(LEADER, FOLLOWER, FOLLOWER), 0)).hasValue(0);
  }

  @Test
  void findsNoneBeforeAllAreInStep() {
    isOutOfStep(LEADER);
    isOutOfStep(new MemberStatus(false, "", 500, true));
    isOutOfStep(new MemberStatus(false, "2 at round 2", 500, true));
    isOutOfStep(new MemberStatus(false, "2 at round 3", 499, true));
    isOutOfStep(new MemberStatus(false, "2 at round 3", 500, false));
    assertThat(MemberPolls.leader(List.of(FOLLOWER, LEADER), 0)).isEmpty();
    assertThat(MemberPolls.leader(List.of(FOLLOWER, FOLLOWER, FOLLOWER), 0)).isEmpty();
  }
}
