package io.synod.sim.mutant;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Output.Envelope;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.NodePorts;
import io.synod.sim.check.PassingJournal;
import io.synod.sim.cluster.Host;
import io.synod.sim.cluster.InputMutant;
import io.synod.sim.cluster.SimulatedProcess;
import io.synod.sim.cluster.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The deliberate bugs in inputs, messages and writes, which the simulator must find by an invariant
 * that they break.
 */
final class InputMutants {
  private InputMutants() {}

  /**
   * A bug.
   *
   * @param breaks the invariants that may show it; any other violation is a flaw of the mutant
   */
  record Bug(Supplier<InputMutant> mutant, Set<String> breaks) {}

  /** The bugs by name, which begins with the mutant's number. */
  static Map<String, Bug> all() {
    Map<String, Bug> all = new TreeMap<>();
    all.put(
        "M1 promises before the sync",
        new Bug(() -> new LateSync(Write.Promised.class), Set.of("I7", "I3")));
    all.put(
        "M2 accepts before the sync",
        new Bug(() -> new LateSync(Write.Accepted.class), Set.of("I7", "I2")));
    all.put("M3 forgets its ballots", new Bug(ForgetsPromises::new, Set.of("I3", "I4", "I7")));
    all.put("M4 adopts any value", new Bug(AdoptsAny::new, Set.of("I5", "I1", "CHECK")));
    all.put("M5 leaves holes open", new Bug(LeavesHoles::new, Set.of("I6", "I19")));
    all.put("M6 counts one vote for two", new Bug(CountsTwice::new, Set.of("I15", "I2", "I6")));
    all.put("M7 answers reads without asking", new Bug(AsksNobody::new, Set.of("I10")));
    all.put("M7b uses a read index again", new Bug(ReusesIndex::new, Set.of("I10")));
    // I12 can show it, since a node that takes too much for chosen reports too high a chosen index.
    all.put(
        "M13 announces in the name of a lower ballot",
        new Bug(AnnounceAboveMutant::new, Set.of("I1", "I2", "I12")));
    all.put(
        "H1 sends heartbeats while its disk hangs",
        new Bug(HeartbeatThreadMutant::new, Set.of("I19")));
    return all;
  }

  /** Delays the sync of one kind of write, so that messages after the sync leave too early. */
  private record LateSync(Class<? extends Write> kind) implements InputMutant {
    @Override
    public NodePorts ports(NodePorts ports, World world, Host host) {
      return new NodePorts(
          new LateJournal(ports.journal(), kind),
          ports.peers(),
          ports.clock(),
          ports.observer(),
          ports.mailbox());
    }
  }

  private static final class LateJournal extends PassingJournal {
    private final Class<? extends Write> kind;
    private boolean holds;
    private boolean late;

    private LateJournal(Journal journal, Class<? extends Write> kind) {
      super(journal);
      this.kind = kind;
    }

    @Override
    public boolean append(List<Write> writes) {
      if (writes.isEmpty()) {
        return super.append(writes);
      }
      if (late) {
        late = false;
        super.sync();
      }
      holds = writes.stream().anyMatch(kind::isInstance);
      return super.append(writes);
    }

    @Override
    public boolean sync() {
      if (holds) {
        late = true;
        return true;
      }
      return super.sync();
    }
  }

  /** The journal loses promises, but keeps votes. */
  private static final class ForgetsPromises implements InputMutant {
    @Override
    public Journal journal(Journal journal) {
      return new PassingJournal(journal) {
        @Override
        public boolean append(List<Write> writes) {
          return super.append(
              writes.stream().filter(write -> !(write instanceof Write.Promised)).toList());
        }
      };
    }
  }

  /** A candidate lowers the ballots of the proposals in promises. */
  private static final class AdoptsAny implements InputMutant {
    @Override
    public List<Input> inputs(World world, Host host, List<Input> inputs) {
      List<Input> replaced = new ArrayList<>(inputs);
      replaced.replaceAll(
          input ->
              input instanceof Input.Received received
                      && received.message() instanceof Message.Promise promise
                  ? with(received, aged(promise))
                  : input);
      return replaced;
    }

    private static Message aged(Message.Promise promise) {
      List<Proposal> aged = new ArrayList<>();
      for (Proposal proposal : promise.accepted()) {
        Ballot ballot = proposal.ballot();
        aged.add(
            new Proposal(
                proposal.slot(),
                new Ballot(1, -1, ballot.node(), ballot.incarnation()),
                proposal.batch()));
      }
      return new Message.Promise(
          promise.ballot(),
          promise.from(),
          aged,
          promise.completeThrough(),
          promise.chosenThrough(),
          promise.floor());
    }
  }

  /** A leader does not fill holes below its proposals. */
  private static final class LeavesHoles implements InputMutant {
    private long top;

    @Override
    public Message onSent(World world, Host host, Envelope sent) {
      Message message = sent.message();
      if (message instanceof Message.Accept accept) {
        if (accept.batch().isNoOp() && accept.slot() < top) {
          return new Message.Chosen(accept.ballot(), 0);
        }
        top = Math.max(top, accept.slot());
      }
      return message;
    }
  }

  /** A vote counts for its node and for another one. */
  private static final class CountsTwice implements InputMutant {
    @Override
    public List<Input> inputs(World world, Host host, List<Input> inputs) {
      List<Input> replaced = new ArrayList<>();
      for (Input input : inputs) {
        replaced.add(input);
        if (input instanceof Input.Received received
            && received.message() instanceof Message.Accepted) {
          int other = received.from() % world.profile().voters + 1;
          replaced.add(
              new Input.Received(
                  other,
                  world.host(other).observedNode.incarnation(),
                  received.formation(),
                  received.message()));
        }
      }
      return replaced;
    }
  }

  /** A leader takes each probe of its leadership for answered. */
  private static final class AsksNobody implements InputMutant {
    @Override
    public Message onSent(World world, Host host, Envelope sent) {
      Message message = sent.message();
      int to = sent.to();
      SimulatedProcess process = host.process();
      if (process != null && message instanceof Message.ReadProbe probe) {
        process.offer(
            new Input.Received(
                to,
                world.host(to).observedNode.incarnation(),
                process.formation(),
                new Message.ReadProbeAck(probe.ballot(), probe.round())));
      }
      return message;
    }
  }

  /** A read uses the index of an earlier read. */
  private static final class ReusesIndex implements InputMutant {
    private final Map<Integer, Long> last = new TreeMap<>();

    @Override
    public NodePorts ports(NodePorts ports, World world, Host host) {
      last.remove(host.node);
      return ports;
    }

    @Override
    public List<Input> inputs(World world, Host host, List<Input> inputs) {
      for (Input input : inputs) {
        if (input instanceof Input.Received received
            && received.message() instanceof Message.ReadAnswer answer) {
          last.put(host.node, answer.slot());
        }
      }
      return inputs;
    }

    @Override
    public Message onSent(World world, Host host, Envelope sent) {
      Message message = sent.message();
      int to = sent.to();
      SimulatedProcess process = host.process();
      Long known = last.get(host.node);
      if (process != null && known != null && message instanceof Message.ReadAsk ask) {
        process.offer(
            new Input.Received(
                to,
                world.host(to).observedNode.incarnation(),
                process.formation(),
                new Message.ReadAnswer(ask.origin(), ask.id(), known)));
      }
      return message;
    }
  }

  private static Input with(Input.Received received, Message message) {
    return new Input.Received(
        received.from(), received.incarnation(), received.formation(), message);
  }
}
