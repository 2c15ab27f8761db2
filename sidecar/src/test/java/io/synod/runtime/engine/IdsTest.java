package io.synod.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Message;
import io.synod.runtime.node.ReadLevel;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Tests that ids start at a random number in each process: otherwise a late answer to an earlier
 * process of a node could count for a request of the next one.
 */
class IdsTest {
  private static final Duration FIVE = Duration.ofSeconds(5);

  private final Set<String> before = new HashSet<>();
  private Set<String> now = new HashSet<>();
  private final Set<String> kinds = new HashSet<>();

  @Test
  void noProcessUsesAnIdOfAnEarlierOne() {
    TestCluster cluster = new TestCluster(3);
    cluster.lose(
        (link, message) -> {
          if (link.from() == 3) {
            note(message);
          }
          return false;
        });
    for (int process = 0; process < 5; process++) {
      cluster.run(4_000);
      assertThat(cluster.leader()).isNotZero();
      for (int i = 0; i < 10; i++) {
        cluster.await(cluster.node(3).reads().read(ReadLevel.STRONG, Duration.ZERO, 0, FIVE));
      }
      cluster.await(cluster.node(3).inspection().votes(1, FIVE));
      assertThat(Collections.disjoint(now, before)).isTrue();
      before.addAll(now);
      now = new HashSet<>();
      cluster.stop(3);
      cluster.start(3);
    }
    assertThat(kinds).contains("Heartbeat", "VoteAsk", "ReadAsk");
  }

  private void note(Message message) {
    long id =
        message instanceof Message.Heartbeat heartbeat
            ? heartbeat.id()
            : message instanceof Message.ReadAsk request && request.origin() == 3
                ? request.id()
                : message instanceof Message.VoteAsk request ? request.id() : 0;
    if (id != 0) {
      kinds.add(message.getClass().getSimpleName());
      now.add(message.getClass().getSimpleName() + " " + id);
    }
  }
}
