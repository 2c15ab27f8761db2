package io.synod.transport;

import com.google.protobuf.ByteString;
import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Origin;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Vote;
import io.synod.peer.v1.Accept;
import io.synod.peer.v1.Accepted;
import io.synod.peer.v1.Chosen;
import io.synod.peer.v1.Forward;
import io.synod.peer.v1.Frame;
import io.synod.peer.v1.Greeting;
import io.synod.peer.v1.Heartbeat;
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
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Reads the message in a frame, and refuses messages that no correct peer sends. */
final class FrameReader {
  private static final int SHA256_BYTES = 32;
  private static final int CONSUMER_CHARS_MAX = 1_024;

  private FrameReader() {}

  static Message read(Frame frame) throws MalformedFrame {
    return switch (frame.getMessageCase()) {
      case ACCEPT -> accept(frame.getAccept());
      case ACCEPTED -> accepted(frame.getAccepted());
      case CHOSEN -> chosen(frame.getChosen());
      case FORWARD -> forward(frame.getForward());
      case GREETING -> greeting(frame.getGreeting());
      case HEARTBEAT -> heartbeat(frame.getHeartbeat());
      case HEARTBEAT_ACK -> heartbeatAck(frame.getHeartbeatAck());
      case LEARNED -> learned(frame.getLearned());
      case LEARN_REQUEST -> new Message.LearnRequest(from(frame.getLearnRequest().getFrom()));
      case PREPARE -> prepare(frame.getPrepare());
      case PROMISE -> promise(frame.getPromise());
      case READ_ANSWER -> readAnswer(frame.getReadAnswer());
      case READ_ASK -> readAsk(frame.getReadAsk());
      case READ_PROBE -> readProbe(frame.getReadProbe());
      case READ_PROBE_ACK -> readProbeAck(frame.getReadProbeAck());
      case REJECT -> reject(frame.getReject());
      case SNAPSHOT_ASK -> snapshotAsk(frame.getSnapshotAsk());
      case SNAPSHOT_PAGE -> snapshotPage(frame.getSnapshotPage());
      case STATE_DIGEST -> stateDigest(frame.getStateDigest());
      case TAKE_OVER -> takeOver(frame.getTakeOver());
      case TRIMMED -> trimmed(frame.getTrimmed());
      case VOTE_ANSWER -> voteAnswer(frame.getVoteAnswer());
      case VOTE_ASK -> voteAsk(frame.getVoteAsk());
      case MESSAGE_NOT_SET ->
          throw new MalformedFrame("the frame holds no message of a known type");
    };
  }

  private static Message.Accept accept(Accept accept) throws MalformedFrame {
    return new Message.Accept(
        ballot(accept.getBallot()),
        FieldChecks.slot(accept.getSlot(), "an accept's"),
        batch(accept.getBatch()),
        chosenThrough(accept.getChosenThrough()));
  }

  private static Message.Accepted accepted(Accepted accepted) throws MalformedFrame {
    long from = from(accepted.getFrom());
    FieldChecks.that(accepted.getTo() >= from, "an accepted range is empty");
    return new Message.Accepted(ballot(accepted.getBallot()), from, accepted.getTo());
  }

  private static Message.Chosen chosen(Chosen chosen) throws MalformedFrame {
    return new Message.Chosen(ballot(chosen.getBallot()), chosenThrough(chosen.getThrough()));
  }

  private static Message.Forward forward(Forward forward) throws MalformedFrame {
    FieldChecks.that(forward.getCommandsCount() > 0, "a forward holds no command");
    List<Command> commands = new ArrayList<>(forward.getCommandsCount());
    for (ByteString command : forward.getCommandsList()) {
      commands.add(Command.of(command.toByteArray()));
    }
    return new Message.Forward(
        commands, FieldChecks.count(forward.getHops(), "the number of hops"));
  }

  private static Message.Heartbeat heartbeat(Heartbeat heartbeat) throws MalformedFrame {
    Ballot leader = heartbeat.hasLeader() ? ballot(heartbeat.getLeader()) : Ballot.NONE;
    FieldChecks.that(!heartbeat.getLeading() || !leader.isNone(), "a leader has no ballot");
    return new Message.Heartbeat(
        heartbeat.getId(),
        leader,
        heartbeat.getLeading(),
        heartbeat.getQuorumConnected(),
        chosenThrough(heartbeat.getChosenThrough()),
        FieldChecks.through(heartbeat.getChosenIndex(), "the chosen index"),
        fullVoters(heartbeat));
  }

  private static List<Integer> fullVoters(Heartbeat heartbeat) throws MalformedFrame {
    List<Integer> voters = new ArrayList<>();
    for (int voter : heartbeat.getFullVotersList()) {
      voters.add(FieldChecks.node(voter, "a voter without log space"));
    }
    return voters;
  }

  private static Message.HeartbeatAck heartbeatAck(Heartbeat ack) throws MalformedFrame {
    Message.Heartbeat same = heartbeat(ack);
    return new Message.HeartbeatAck(
        same.id(),
        same.leader(),
        same.leading(),
        same.quorumConnected(),
        same.chosenThrough(),
        same.chosenIndex(),
        FieldChecks.age(ack.getConfirmedAgeNanos(), "the confirmation"),
        new Message.Times(
            FieldChecks.count(ack.getWallMillis(), "the wall clock"),
            FieldChecks.count(ack.getLogTimeMillis(), "log time")),
        ack.getFull(),
        same.fullVoters());
  }

  private static Message.Prepare prepare(Prepare prepare) throws MalformedFrame {
    return new Message.Prepare(ballot(prepare.getBallot()), from(prepare.getFrom()));
  }

  private static Message.ReadProbe readProbe(ReadProbe probe) throws MalformedFrame {
    return new Message.ReadProbe(ballot(probe.getBallot()), probe.getRound());
  }

  private static Message.ReadProbeAck readProbeAck(ReadProbe ack) throws MalformedFrame {
    return new Message.ReadProbeAck(ballot(ack.getBallot()), ack.getRound());
  }

  private static Message.TakeOver takeOver(TakeOver takeOver) throws MalformedFrame {
    return new Message.TakeOver(
        ballot(takeOver.getBallot()), FieldChecks.through(takeOver.getThrough(), "the log's end"));
  }

  private static Message.StateDigest stateDigest(StateDigest message) throws MalformedFrame {
    return new Message.StateDigest(
        FieldChecks.slot(message.getSlot(), "the digest's"),
        message.getDigest(),
        FieldChecks.through(message.getAttestedSlot(), "the slot of a quorum's digest"),
        message.getAttestedDigest());
  }

  private static Message.VoteAsk voteAsk(VoteAsk ask) throws MalformedFrame {
    return new Message.VoteAsk(ask.getId(), FieldChecks.slot(ask.getSlot(), "the asked"));
  }

  private static Message.Learned learned(Learned learned) throws MalformedFrame {
    long from = from(learned.getFrom());
    List<Proposal> chosen = proposals(learned.getChosenList());
    for (int i = 0; i < chosen.size(); i++) {
      FieldChecks.that(chosen.get(i).slot() - i == from, "learned slots are not consecutive");
    }
    return new Message.Learned(from, chosen, chosenThrough(learned.getChosenThrough()));
  }

  private static Message.Promise promise(Promise promise) throws MalformedFrame {
    long from = from(promise.getFrom());
    List<Proposal> accepted = proposals(promise.getAcceptedList());
    long last = from - 1;
    for (Proposal proposal : accepted) {
      FieldChecks.that(proposal.slot() > last, "accepted slots are out of order");
      last = proposal.slot();
    }
    return new Message.Promise(
        ballot(promise.getBallot()),
        from,
        accepted,
        FieldChecks.count(promise.getCompleteThrough(), "the complete part's end"),
        chosenThrough(promise.getChosenThrough()),
        FieldChecks.through(promise.getFloor(), "the floor"));
  }

  private static Message.Reject reject(Reject reject) throws MalformedFrame {
    return new Message.Reject(ballot(reject.getRefused()), ballot(reject.getPromised()));
  }

  private static Message.ReadAsk readAsk(ReadAsk ask) throws MalformedFrame {
    return new Message.ReadAsk(
        FieldChecks.node(ask.getOrigin(), "a read's origin"),
        ask.getId(),
        FieldChecks.count(ask.getHops(), "the number of hops"));
  }

  private static Message.ReadAnswer readAnswer(ReadAnswer answer) throws MalformedFrame {
    return new Message.ReadAnswer(
        FieldChecks.node(answer.getOrigin(), "a read's origin"),
        answer.getId(),
        FieldChecks.through(answer.getSlot(), "a read's index"));
  }

  private static Message.Greeting greeting(Greeting greeting) throws MalformedFrame {
    long incarnation = FieldChecks.incarnation(greeting.getIncarnation(), "a greeting");
    TreeMap<Integer, Long> voters = new TreeMap<>();
    for (Voter voter : greeting.getAgreedList()) {
      int node = FieldChecks.node(voter.getNode(), "a voter");
      Long twice = voters.put(node, FieldChecks.incarnation(voter.getIncarnation(), "a voter"));
      FieldChecks.that(twice == null, "a voter is named twice");
    }
    FieldChecks.that(!greeting.getFormed() || !voters.isEmpty(), "a formed cluster has no voter");
    Origin origin = greeting.hasOrigin() ? origin(greeting.getOrigin()) : Origin.EMPTY;
    Formation agreed = voters.isEmpty() ? null : new Formation(voters, origin);
    return new Message.Greeting(incarnation, origin, agreed, greeting.getFormed());
  }

  private static Origin origin(io.synod.peer.v1.Origin origin) throws MalformedFrame {
    FieldChecks.that(origin.getRestore() != 0, "a restored state has no backup");
    return new Origin(
        FieldChecks.slot(origin.getSlot(), "a restored state"),
        origin.getDigest(),
        origin.getRestore());
  }

  private static Message.VoteAnswer voteAnswer(VoteAnswer answer) throws MalformedFrame {
    List<Vote> votes = new ArrayList<>(answer.getVotesCount());
    for (io.synod.peer.v1.Vote vote : answer.getVotesList()) {
      votes.add(
          new Vote(
              ballot(vote.getBallot()),
              vote.getLearned(),
              vote.getBatchDigest(),
              FieldChecks.count(vote.getBatchBytes(), "a batch's length"),
              FieldChecks.count(vote.getCommands(), "the number of commands"),
              vote.getTimeMillis()));
    }
    return new Message.VoteAnswer(
        answer.getId(),
        FieldChecks.slot(answer.getSlot(), "the asked"),
        votes,
        chosenThrough(answer.getChosenThrough()));
  }

  private static Message.Trimmed trimmed(Trimmed trimmed) throws MalformedFrame {
    long from = from(trimmed.getFrom());
    long snapshot = FieldChecks.slot(trimmed.getSnapshot(), "a snapshot's");
    FieldChecks.that(snapshot >= from, "a snapshot does not reach what was trimmed");
    return new Message.Trimmed(from, snapshot);
  }

  private static Message.SnapshotAsk snapshotAsk(SnapshotAsk ask) throws MalformedFrame {
    FieldChecks.that(ask.getConsumer().length() <= CONSUMER_CHARS_MAX, "a consumer's name is long");
    return new Message.SnapshotAsk(
        ask.getId(),
        ask.getConsumer(),
        FieldChecks.through(ask.getNumber(), "a snapshot's place"),
        ask.getSha256().isEmpty() ? Bytes.EMPTY : sha256(ask.getSha256()),
        FieldChecks.through(ask.getOffset(), "a page's beginning"));
  }

  private static Message.SnapshotPage snapshotPage(SnapshotPage page) throws MalformedFrame {
    if (!page.hasOf()) {
      return Message.SnapshotPage.none(page.getId());
    }
    SnapshotPage.Whole whole = page.getOf();
    SnapshotMark mark =
        new SnapshotMark(
            FieldChecks.through(whole.getSlot(), "a snapshot's end"),
            FieldChecks.through(whole.getIndex(), "a snapshot's index"),
            whole.getLogTimeMillis(),
            whole.getDigest());
    long total = FieldChecks.through(whole.getBytes(), "a snapshot's length");
    long offset = FieldChecks.through(page.getOffset(), "a page's beginning");
    int bytes = page.getContent().size();
    FieldChecks.that(bytes <= total - offset, "a page goes beyond the end");
    FieldChecks.that(bytes > 0 || offset == total, "a page is empty");
    return new Message.SnapshotPage(
        page.getId(),
        mark,
        total,
        sha256(whole.getSha256()),
        offset,
        Bytes.of(page.getContent().toByteArray()));
  }

  private static Bytes sha256(ByteString sha256) throws MalformedFrame {
    FieldChecks.that(sha256.size() == SHA256_BYTES, "a SHA-256 has another length");
    return Bytes.of(sha256.toByteArray());
  }

  private static List<Proposal> proposals(List<io.synod.peer.v1.Proposal> read)
      throws MalformedFrame {
    List<Proposal> proposals = new ArrayList<>(read.size());
    for (io.synod.peer.v1.Proposal proposal : read) {
      proposals.add(
          new Proposal(
              FieldChecks.slot(proposal.getSlot(), "a proposal's"),
              ballot(proposal.getBallot()),
              batch(proposal.getBatch())));
    }
    return proposals;
  }

  /** An absent ballot reads as round 0, and is refused like it. */
  private static Ballot ballot(io.synod.peer.v1.Ballot read) throws MalformedFrame {
    return new Ballot(
        FieldChecks.round(read.getRound()),
        read.getPriority(),
        FieldChecks.node(read.getNode(), "a ballot's owner"),
        FieldChecks.incarnation(read.getIncarnation(), "a ballot's owner"));
  }

  /** Copies the bytes, so that a batch that is kept does not keep the whole frame in memory. */
  private static Batch batch(ByteString encoded) throws MalformedFrame {
    try {
      return Batch.decode(encoded.toByteArray());
    } catch (IllegalArgumentException wrong) {
      throw new MalformedFrame(String.valueOf(wrong.getMessage()));
    }
  }

  private static long from(long slot) throws MalformedFrame {
    return FieldChecks.slot(slot, "the first");
  }

  private static long chosenThrough(long slot) throws MalformedFrame {
    return FieldChecks.through(slot, "the chosen part's end");
  }
}
