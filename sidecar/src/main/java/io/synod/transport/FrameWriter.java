package io.synod.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Origin;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Vote;
import io.synod.peer.v1.Accept;
import io.synod.peer.v1.Accepted;
import io.synod.peer.v1.Chosen;
import io.synod.peer.v1.Forward;
import io.synod.peer.v1.Frame;
import io.synod.peer.v1.Greeting;
import io.synod.peer.v1.Heartbeat;
import io.synod.peer.v1.LearnRequest;
import io.synod.peer.v1.Learned;
import io.synod.peer.v1.Prepare;
import io.synod.peer.v1.Promise;
import io.synod.peer.v1.ReadAnswer;
import io.synod.peer.v1.ReadAsk;
import io.synod.peer.v1.ReadProbe;
import io.synod.peer.v1.Reject;
import io.synod.peer.v1.SnapshotAsk;
import io.synod.peer.v1.SnapshotPage;
import io.synod.peer.v1.StateDigest;
import io.synod.peer.v1.TakeOver;
import io.synod.peer.v1.Trimmed;
import io.synod.peer.v1.VoteAnswer;
import io.synod.peer.v1.VoteAsk;
import io.synod.peer.v1.Voter;

/** Writes a message of the core into a frame. Batches and commands are shared, never copied. */
final class FrameWriter {
  private FrameWriter() {}

  static void write(Message message, Frame.Builder frame) {
    if (message instanceof Message.Accept accept) {
      frame.setAccept(accept(accept));
    } else if (message instanceof Message.Accepted accepted) {
      frame.setAccepted(
          Accepted.newBuilder()
              .setBallot(ballot(accepted.ballot()))
              .setFrom(accepted.from())
              .setTo(accepted.to()));
    } else if (message instanceof Message.Chosen chosen) {
      frame.setChosen(
          Chosen.newBuilder().setBallot(ballot(chosen.ballot())).setThrough(chosen.through()));
    } else if (message instanceof Message.Forward forward) {
      frame.setForward(forward(forward));
    } else if (message instanceof Message.Heartbeat heartbeat) {
      frame.setHeartbeat(heartbeat(heartbeat));
    } else if (message instanceof Message.HeartbeatAck ack) {
      frame.setHeartbeatAck(heartbeatAck(ack));
    } else if (message instanceof Message.Learned learned) {
      frame.setLearned(learned(learned));
    } else if (message instanceof Message.LearnRequest request) {
      frame.setLearnRequest(LearnRequest.newBuilder().setFrom(request.from()));
    } else if (message instanceof Message.Prepare prepare) {
      frame.setPrepare(
          Prepare.newBuilder().setBallot(ballot(prepare.ballot())).setFrom(prepare.from()));
    } else if (message instanceof Message.Promise promise) {
      frame.setPromise(promise(promise));
    } else if (message instanceof Message.Reject reject) {
      frame.setReject(
          Reject.newBuilder()
              .setRefused(ballot(reject.refused()))
              .setPromised(ballot(reject.promised())));
    } else {
      writeRare(message, frame);
    }
  }

  private static void writeRare(Message message, Frame.Builder frame) {
    if (message instanceof Message.ReadAsk ask) {
      frame.setReadAsk(
          ReadAsk.newBuilder().setOrigin(ask.origin()).setId(ask.id()).setHops(ask.hops()));
    } else if (message instanceof Message.ReadAnswer answer) {
      frame.setReadAnswer(
          ReadAnswer.newBuilder()
              .setOrigin(answer.origin())
              .setId(answer.id())
              .setSlot(answer.slot()));
    } else if (message instanceof Message.ReadProbe probe) {
      frame.setReadProbe(probe(probe.ballot(), probe.round()));
    } else if (message instanceof Message.ReadProbeAck ack) {
      frame.setReadProbeAck(probe(ack.ballot(), ack.round()));
    } else if (message instanceof Message.Greeting greeting) {
      frame.setGreeting(greeting(greeting));
    } else if (message instanceof Message.TakeOver takeOver) {
      frame.setTakeOver(
          TakeOver.newBuilder()
              .setBallot(ballot(takeOver.ballot()))
              .setThrough(takeOver.through()));
    } else if (message instanceof Message.StateDigest digest) {
      frame.setStateDigest(
          StateDigest.newBuilder()
              .setSlot(digest.slot())
              .setDigest(digest.digest())
              .setAttestedSlot(digest.attestedSlot())
              .setAttestedDigest(digest.attestedDigest()));
    } else if (message instanceof Message.VoteAsk ask) {
      frame.setVoteAsk(VoteAsk.newBuilder().setId(ask.id()).setSlot(ask.slot()));
    } else if (message instanceof Message.VoteAnswer answer) {
      frame.setVoteAnswer(voteAnswer(answer));
    } else if (message instanceof Message.Trimmed trimmed) {
      frame.setTrimmed(
          Trimmed.newBuilder().setFrom(trimmed.from()).setSnapshot(trimmed.snapshot()));
    } else if (message instanceof Message.SnapshotAsk ask) {
      frame.setSnapshotAsk(
          SnapshotAsk.newBuilder()
              .setId(ask.id())
              .setConsumer(ask.consumer())
              .setNumber(ask.number())
              .setSha256(bytes(ask.sha256()))
              .setOffset(ask.offset()));
    } else if (message instanceof Message.SnapshotPage page) {
      frame.setSnapshotPage(snapshotPage(page));
    } else {
      throw new IllegalArgumentException("this type of message has no frame");
    }
  }

  private static Accept accept(Message.Accept accept) {
    return Accept.newBuilder()
        .setBallot(ballot(accept.ballot()))
        .setSlot(accept.slot())
        .setBatch(bytes(accept.batch()))
        .setChosenThrough(accept.chosenThrough())
        .build();
  }

  private static Forward forward(Message.Forward forward) {
    Forward.Builder written = Forward.newBuilder().setHops(forward.hops());
    for (Command command : forward.commands()) {
      written.addCommands(UnsafeByteOperations.unsafeWrap(command.bytes()));
    }
    return written.build();
  }

  private static Heartbeat heartbeat(Message.Heartbeat heartbeat) {
    Heartbeat.Builder written =
        Heartbeat.newBuilder()
            .setId(heartbeat.id())
            .setLeading(heartbeat.leading())
            .setQuorumConnected(heartbeat.quorumConnected())
            .setChosenThrough(heartbeat.chosenThrough())
            .setChosenIndex(heartbeat.chosenIndex())
            .addAllFullVoters(heartbeat.fullVoters());
    return withLeader(written, heartbeat.leader());
  }

  private static Heartbeat heartbeatAck(Message.HeartbeatAck ack) {
    Heartbeat.Builder written =
        Heartbeat.newBuilder()
            .setId(ack.id())
            .setLeading(ack.leading())
            .setQuorumConnected(ack.quorumConnected())
            .setChosenThrough(ack.chosenThrough())
            .setChosenIndex(ack.chosenIndex())
            .setConfirmedAgeNanos(ack.confirmedAgeNanos())
            .setWallMillis(ack.times().wallMillis())
            .setLogTimeMillis(ack.times().logTimeMillis())
            .setFull(ack.full())
            .addAllFullVoters(ack.fullVoters());
    return withLeader(written, ack.leader());
  }

  private static Heartbeat withLeader(Heartbeat.Builder written, Ballot leader) {
    if (!leader.isNone()) {
      written.setLeader(ballot(leader));
    }
    return written.build();
  }

  private static Learned learned(Message.Learned learned) {
    Learned.Builder written =
        Learned.newBuilder().setFrom(learned.from()).setChosenThrough(learned.chosenThrough());
    for (Proposal proposal : learned.chosen()) {
      written.addChosen(proposal(proposal));
    }
    return written.build();
  }

  private static Promise promise(Message.Promise promise) {
    Promise.Builder written =
        Promise.newBuilder()
            .setBallot(ballot(promise.ballot()))
            .setFrom(promise.from())
            .setCompleteThrough(promise.completeThrough())
            .setChosenThrough(promise.chosenThrough())
            .setFloor(promise.floor());
    for (Proposal proposal : promise.accepted()) {
      written.addAccepted(proposal(proposal));
    }
    return written.build();
  }

  private static ReadProbe probe(Ballot ballot, long round) {
    return ReadProbe.newBuilder().setBallot(ballot(ballot)).setRound(round).build();
  }

  private static Greeting greeting(Message.Greeting greeting) {
    Greeting.Builder written =
        Greeting.newBuilder().setIncarnation(greeting.incarnation()).setFormed(greeting.formed());
    Origin origin = greeting.origin();
    if (!origin.isEmpty()) {
      written.setOrigin(
          io.synod.peer.v1.Origin.newBuilder()
              .setSlot(origin.slot())
              .setDigest(origin.digest())
              .setRestore(origin.restore()));
    }
    Formation agreed = greeting.agreed();
    if (agreed != null) {
      agreed
          .voters()
          .forEach(
              (node, incarnation) ->
                  written.addAgreed(Voter.newBuilder().setNode(node).setIncarnation(incarnation)));
    }
    return written.build();
  }

  private static VoteAnswer voteAnswer(Message.VoteAnswer answer) {
    VoteAnswer.Builder written =
        VoteAnswer.newBuilder()
            .setId(answer.id())
            .setSlot(answer.slot())
            .setChosenThrough(answer.chosenThrough());
    for (Vote vote : answer.votes()) {
      written.addVotes(
          io.synod.peer.v1.Vote.newBuilder()
              .setBallot(ballot(vote.ballot()))
              .setLearned(vote.learned())
              .setBatchDigest(vote.batchDigest())
              .setBatchBytes(vote.batchBytes())
              .setCommands(vote.commands())
              .setTimeMillis(vote.timeMillis()));
    }
    return written.build();
  }

  private static SnapshotPage snapshotPage(Message.SnapshotPage page) {
    SnapshotPage.Builder written = SnapshotPage.newBuilder().setId(page.id());
    if (page.total() >= 0) {
      written
          .setOf(
              SnapshotPage.Whole.newBuilder()
                  .setSlot(page.mark().slot())
                  .setIndex(page.mark().index())
                  .setLogTimeMillis(page.mark().logTimeMillis())
                  .setDigest(page.mark().digest())
                  .setBytes(page.total())
                  .setSha256(bytes(page.sha256())))
          .setOffset(page.offset())
          .setContent(bytes(page.bytes()));
    }
    return written.build();
  }

  private static io.synod.peer.v1.Proposal proposal(Proposal proposal) {
    return io.synod.peer.v1.Proposal.newBuilder()
        .setSlot(proposal.slot())
        .setBallot(ballot(proposal.ballot()))
        .setBatch(bytes(proposal.batch()))
        .build();
  }

  private static io.synod.peer.v1.Ballot ballot(Ballot ballot) {
    return io.synod.peer.v1.Ballot.newBuilder()
        .setRound(ballot.round())
        .setPriority(ballot.priority())
        .setNode(ballot.node())
        .setIncarnation(ballot.incarnation())
        .build();
  }

  /** Shares the array, which is never changed. */
  private static ByteString bytes(Bytes bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes.array());
  }

  /** Shares the array: a batch's bytes are never changed. */
  private static ByteString bytes(Batch batch) {
    return UnsafeByteOperations.unsafeWrap(batch.encoded());
  }
}
