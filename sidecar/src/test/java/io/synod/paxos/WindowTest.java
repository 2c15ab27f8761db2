package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.ballot;
import static io.synod.paxos.SteppedReplica.ofType;
import static io.synod.paxos.SteppedReplica.proposal;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Tests how far slots may run ahead of the first slot that is not known to be chosen. */
class WindowTest {
  private static final int WINDOW = 4;
  private static final long MEMORY = 3_000;

  private final SteppedReplica node = new SteppedReplica(settings());

  private static Settings settings() {
    return new SettingsBuilder()
        .windowSlots(WINDOW)
        .windowBytesMax(MEMORY / 3)
        .recentBytesMax(MEMORY / 3)
        .build();
  }

  private static List<Long> slotsOf(Output output) {
    return ofType(output.messages(), Message.Accept.class).stream()
        .map(Message.Accept::slot)
        .distinct()
        .toList();
  }

  @Test
  void aLeaderStaysNearTheSlotThatIsNotYetChosen() {
    Ballot mine = node.stand();
    node.elect(mine);
    List<Long> taken = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      taken.addAll(slotsOf(node.propose("x")));
      // The votes of the first slot are lost, and those of the others arrive.
      for (int voter = 1; voter <= 2; voter++) {
        node.receive(voter, new Message.Accepted(mine, 2, 10));
      }
    }
    assertThat(taken).containsExactly(2L, 3L, 4L);

    node.receive(1, new Message.Accepted(mine, 1, 1));
    assertThat(slotsOf(node.receive(2, new Message.Accepted(mine, 1, 1)))).containsExactly(5L);
    assertThat(node.view().chosenThrough()).isEqualTo(4);
  }

  @Test
  void aCandidateKeepsNoMoreOfWhatIsChosenFarAheadThanMemoryHas() {
    long kept = 0;
    for (int time = 0; time < 5; time++) {
      Ballot mine = node.stand();
      long first = 1_000 + 100L * time;
      List<Proposal> chosen =
          LongStream.range(first, first + 20)
              .mapToObj(slot -> proposal(slot, ballot(1, 2), "x".repeat(100)))
              .toList();
      // The slots below the floor never arrive.
      Message promise = new Message.Promise(mine, 1, chosen, Long.MAX_VALUE, first + 19, first - 1);
      for (Write write : node.receive(2, promise).writes()) {
        kept += write instanceof Write.Learned learned ? learned.proposal().bytes() : 0;
      }
      node.silence(2_000);
      assertThat(node.view().role()).isEqualTo(View.Role.FOLLOWER);
    }
    assertThat(kept).isBetween(MEMORY - 500, MEMORY + 500);
  }

  /**
   * A candidate may learn slots beyond a hole: one page did not fit into memory, and the next one
   * did.
   */
  @Test
  void aLeaderTakesNoSlotThatItCouldNotLearn() {
    Ballot mine = node.stand();
    node.receive(2, new Message.Promise(mine, 1, large(2, 15), 15, 23, 1));
    node.receive(2, new Message.Learned(1, large(1, 1), 23));
    node.tick();
    node.receive(2, new Message.Promise(mine, 16, large(16, 23), Long.MAX_VALUE, 23, 1));
    Output won = node.receive(1, new Message.Promise(mine, 1, List.of(), Long.MAX_VALUE, 0, 0));
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
    assertThat(node.view().chosenThrough()).as("chosen prefix below the hole").isEqualTo(12);
    assertThat(slotsOf(won)).containsExactly(13L, 14L, 15L);

    // The highest slot is chosen first; no message is lost afterwards.
    long far = Collections.max(slotsOf(won));
    node.receive(2, new Message.Accepted(mine, far, far));
    node.receive(3, new Message.Accepted(mine, far, far));
    for (int turn = 0; turn < 20; turn++) {
      acceptAll(mine, node.silence(100));
    }
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
    assertThat(node.view().chosenThrough()).isGreaterThanOrEqualTo(24);
  }

  private static List<Proposal> large(long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(slot -> proposal(slot, ballot(1, 2), "x".repeat(146)))
        .toList();
  }

  /** All voters accept every proposal, including those that follow from their answers. */
  private void acceptAll(Ballot mine, Output sent) {
    Deque<Output> outputs = new ArrayDeque<>(List.of(sent));
    while (!outputs.isEmpty()) {
      Output output = outputs.remove();
      node.answerHeartbeats(output, mine);
      for (Message.Accept accept : ofType(output.messages(), Message.Accept.class)) {
        for (int voter = 2; voter <= 3; voter++) {
          outputs.add(
              node.receive(voter, new Message.Accepted(mine, accept.slot(), accept.slot())));
        }
      }
    }
  }
}
