package io.synod.paxos;

import static io.synod.paxos.SteppedReplica.TIMES;
import static io.synod.paxos.SteppedReplica.ofType;
import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Member;
import io.synod.paxos.value.Membership;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output;
import io.synod.paxos.value.Output.Envelope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests when a leader replaces the voter of a node that runs with another disk. */
class ReplacedDiskTest {
  private static final int DISTANCE = 3;
  private static final long BEAT_MILLIS = 250;
  private static final long NEW_DISK = 92;

  private final SteppedReplica node = new SteppedReplica(settings());
  private final Ballot mine = node.stand();
  private final List<Membership> proposed = new ArrayList<>();
  private long lastSlot;
  private long knownThrough;

  private static Settings settings() {
    return new SettingsBuilder().membershipDistance(DISTANCE).build();
  }

  @BeforeEach
  void lead() {
    observe(node.elect(mine));
    accept(1, 3);
  }

  /** Votes of these nodes for every slot that was proposed. */
  private void accept(int... voters) {
    for (long before = -1; before != lastSlot; ) {
      before = lastSlot;
      for (int voter : voters) {
        observe(node.receive(voter, new Message.Accepted(mine, 1, lastSlot)));
      }
    }
  }

  private void observe(Output output) {
    for (Message.Accept accept : ofType(output.messages(), Message.Accept.class)) {
      lastSlot = Math.max(lastSlot, accept.slot());
      Membership membership = accept.batch().membership();
      if (membership != null && !proposed.contains(membership)) {
        proposed.add(membership);
      }
    }
  }

  /** A heartbeat goes by, which nodes 2, with another disk, and 3 answer. */
  private void beat() {
    Output output = node.silence(BEAT_MILLIS);
    observe(output);
    for (Envelope sent : output.messages()) {
      if (sent.message() instanceof Message.Heartbeat heartbeat) {
        Message ack =
            new Message.HeartbeatAck(
                heartbeat.id(), mine, false, true, knownThrough, 0, 0, TIMES, false, List.of());
        observe(node.hearOf(sent.to() == 2 ? NEW_DISK : 13, sent.to(), ack));
      }
    }
  }

  @Test
  void replacesItOnceTheOldDiskWasSilentForATimeOut() {
    for (int i = 0; i < 10 && proposed.isEmpty(); i++) {
      assertThat(i).isLessThan(9);
      beat();
    }
    assertThat(proposed.get(0).voter(2)).isEqualTo(new Member(2, NEW_DISK));
    assertThat(proposed.get(0).retired()).containsExactly(new Member(2, 12));
  }

  @Test
  void waitsWhileTheOldDiskIsHeard() {
    for (int i = 0; i < 20; i++) {
      beat();
      node.receive(2, new Message.Accepted(mine, 1, 1));
    }
    assertThat(proposed).isEmpty();
  }

  @Test
  void waitsUntilTheNewDiskHasKeptUpWithTheLog() {
    for (int i = 0; i <= DISTANCE; i++) {
      observe(node.propose("command " + i));
      accept(1, 3);
    }
    for (int i = 0; i < 20; i++) {
      beat();
    }
    assertThat(proposed).isEmpty();

    knownThrough = lastSlot;
    for (int i = 0; i < 5; i++) {
      beat();
    }
    assertThat(proposed).hasSize(1);
  }

  /** The voters of a round that began before may never answer. */
  @Test
  void readsWithTheVotersOfTheNextMembershipOnceItGoverns() {
    while (proposed.isEmpty()) {
      beat();
    }
    List<Message.ReadProbe> probes = probes(node.reportTransport(new Input.Read(7)));
    assertThat(probes).isNotEmpty();
    assertThat(probes).allMatch(probe -> probe.round() == 1);
    List<Message.ReadProbe> later = new ArrayList<>();
    for (long before = -1; before != lastSlot; ) {
      before = lastSlot;
      for (int voter : new int[] {1, 3}) {
        Output output = node.receive(voter, new Message.Accepted(mine, 1, lastSlot));
        observe(output);
        later.addAll(probes(output));
      }
    }
    assertThat(later).isNotEmpty();
    long round = later.get(later.size() - 1).round();
    assertThat(round).isGreaterThan(1);
    node.receive(1, new Message.ReadProbeAck(mine, round));
    Output answered = node.hearOf(NEW_DISK, 2, new Message.ReadProbeAck(mine, round));
    assertThat(answered.reads()).hasSize(1);
  }

  private static List<Message.ReadProbe> probes(Output output) {
    return ofType(output.messages(), Message.ReadProbe.class);
  }
}
