package io.synod.paxos;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Event;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Origin;
import io.synod.paxos.value.Recovered;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests that a cluster which can never form reports it, and no other does. */
class BootstrapTest {
  private static final long TIMEOUT_MILLIS = 1_000;
  private static final Formation AGREED = SteppedReplica.THREE;
  private static final Formation OTHER = new Formation(Map.of(1, 11L, 2, 99L, 3, 13L));

  private final SteppedReplica node =
      new SteppedReplica(
          new Recovered(Ballot.NONE, 0, 0, List.of(), 0, AGREED, false, Origin.EMPTY));
  private final List<Event> events = new ArrayList<>();

  private static Message.Greeting greeting(long incarnation, @Nullable Formation agreed) {
    return new Message.Greeting(incarnation, agreed, false);
  }

  /** Repeats the greetings of both peers for a while; a peer with a null greeting is silent. */
  private void listen(
      Message.@Nullable Greeting two, Message.@Nullable Greeting three, long millis) {
    for (long passed = 0; passed < millis; passed += 100) {
      if (two != null) {
        events.addAll(node.receive(2, two).events());
      }
      if (three != null) {
        events.addAll(node.receive(3, three).events());
      }
      events.addAll(node.silence(100).events());
    }
  }

  @Test
  void namesTheNodeWhoseDiskWasReplacedAfterOthersHadAgreedToIt() {
    listen(greeting(99, null), greeting(13, AGREED), 3 * TIMEOUT_MILLIS);
    assertThat(node.view().electorate().formationBlockedBy()).containsExactly(2);
    assertThat(events).containsExactly(new Event.FormationBlocked(List.of(2)));
  }

  @Test
  void saysItOncePerCause() {
    listen(greeting(99, OTHER), greeting(13, AGREED), 5 * TIMEOUT_MILLIS);
    listen(greeting(99, OTHER), greeting(88, null), 5 * TIMEOUT_MILLIS);
    assertThat(events)
        .containsExactly(
            new Event.FormationBlocked(List.of(2)), new Event.FormationBlocked(List.of(2, 3)));
  }

  @Test
  void saysNothingWhileAVoterThatMayBeFormedIsSilent() {
    listen(greeting(99, OTHER), null, 3 * TIMEOUT_MILLIS);
    assertThat(node.view().electorate().formationBlockedBy()).isEmpty();
    listen(greeting(99, OTHER), greeting(13, AGREED), 3 * TIMEOUT_MILLIS);
    assertThat(node.view().electorate().formationBlockedBy()).containsExactly(2);
    listen(greeting(99, OTHER), null, 3 * TIMEOUT_MILLIS);
    assertThat(node.view().electorate().formationBlockedBy()).isEmpty();
  }

  @Test
  void saysNothingWhileTheOthersHaveNotAgreedYet() {
    listen(greeting(12, null), greeting(13, null), 3 * TIMEOUT_MILLIS);
    assertThat(node.view().electorate().formationBlockedBy()).isEmpty();
    assertThat(events).isEmpty();
  }

  @Test
  void takesItBackWhenSomebodyIsFormedAfterAll() {
    listen(greeting(99, null), greeting(13, AGREED), 3 * TIMEOUT_MILLIS);
    node.receive(3, new Message.Greeting(13, AGREED, true));
    assertThat(node.view().electorate().formationBlockedBy()).isEmpty();
    assertThat(node.view().role()).isEqualTo(View.Role.FOLLOWER);
  }
}
