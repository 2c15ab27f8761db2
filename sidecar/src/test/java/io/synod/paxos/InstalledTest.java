package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.ballot;
import static io.synod.paxos.SteppedReplica.batch;
import static io.synod.paxos.SteppedReplica.proposal;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Chosen;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Proposal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests that a replica which installs a snapshot continues after it and keeps its promise. */
class InstalledTest {
  private static final Ballot THEIRS = ballot(9, 2);

  private final SteppedReplica node = new SteppedReplica();

  private static Message accept(long slot) {
    return new Message.Accept(THEIRS, slot, batch("slot " + slot), 0);
  }

  private Message.Promise promised(Ballot ballot, long from) {
    Output output = node.receive(3, new Message.Prepare(ballot, from));
    return SteppedReplica.ofType(output.messagesAfterSync(), Message.Promise.class).get(0);
  }

  @Test
  void goesOnBehindTheSnapshot() {
    assertThat(node.install(100, 700).chosen()).isEmpty();
    assertThat(node.view().chosenThrough()).isEqualTo(100);
    Output output =
        node.receive(2, new Message.Learned(101, List.of(proposal(101, THEIRS, "a")), 101));
    assertThat(output.chosen())
        .singleElement()
        .satisfies(
            chosen -> {
              assertThat(chosen.proposal().slot()).isEqualTo(101);
              assertThat(chosen.firstIndex()).isEqualTo(701);
            });
  }

  @Test
  void keepsItsPromiseAndWhatItAcceptedAbove() {
    node.receive(2, accept(40), accept(101), accept(105));
    node.install(100, 700);
    Message.Promise promise = promised(ballot(10, 3), 1);
    assertThat(promise.floor()).isEqualTo(100);
    assertThat(promise.accepted()).extracting(Proposal::slot).containsExactly(101L, 105L);
    assertThat(promise.accepted()).extracting(Proposal::ballot).containsOnly(THEIRS);
    Output refused = node.receive(2, new Message.Accept(THEIRS, 106, batch("b"), 0));
    assertThat(SteppedReplica.ofType(refused.messages(), Message.Reject.class)).hasSize(1);
  }

  @Test
  void handsOutAtOnceWhatWasKnownToBeChosenAbove() {
    node.receive(2, accept(101), accept(102));
    node.receive(2, new Message.Chosen(THEIRS, 102));
    assertThat(node.view().chosenThrough()).isZero();
    assertThat(node.install(100, 100).chosen())
        .extracting(chosen -> chosen.proposal().slot())
        .containsExactly(101L, 102L);
  }

  @Test
  void isNotThrownBackByAnOlderSnapshot() {
    node.install(100, 700);
    node.install(60, 400);
    node.install(100, 700);
    assertThat(node.view().chosenThrough()).isEqualTo(100);
    Output output =
        node.receive(2, new Message.Learned(101, List.of(proposal(101, THEIRS, "a")), 101));
    assertThat(output.chosen()).extracting(Chosen::firstIndex).containsExactly(701L);
  }

  @Test
  void fetchesFromTheJournalWhatIsBelowTheSnapshot() {
    node.install(100, 700);
    assertThat(node.receive(2, new Message.LearnRequest(50)).fetches())
        .containsExactly(new Output.Fetch(2, 50));
    assertThat(node.receive(2, accept(50)).fetches()).containsExactly(new Output.Fetch(2, 50));
  }

  @Test
  void leadsOnceTheSnapshotHoldsWhatAVoterNoLongerHas() {
    Ballot mine = node.stand();
    node.receive(1, new Message.Promise(mine, 1, List.of(), Long.MAX_VALUE, 0, 0));
    node.receive(2, new Message.Promise(mine, 1, List.of(), Long.MAX_VALUE, 90, 90));
    assertThat(node.view().role()).isEqualTo(View.Role.CANDIDATE);
    node.install(100, 700);
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
    Output output = node.tick();
    assertThat(SteppedReplica.ofType(output.messages(), Message.Chosen.class))
        .allSatisfy(chosen -> assertThat(chosen.through()).isLessThanOrEqualTo(100));
    assertThat(node.propose("a").messages())
        .noneMatch(sent -> sent.message() instanceof Message.Accept accept && accept.slot() <= 100);
  }

  @Test
  void leadsNoLongerWhenOthersChoseWhatItWasProposing() {
    node.elect(node.stand());
    assertThat(node.view().role()).isEqualTo(View.Role.LEADER);
    Output output = node.install(100, 700);
    assertThat(node.view().role()).isEqualTo(View.Role.FOLLOWER);
    assertThat(SteppedReplica.ofType(output.messages(), Message.Chosen.class)).isEmpty();
  }
}
