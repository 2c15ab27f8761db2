package io.synod.runtime.backup;

import io.synod.paxos.View;
import io.synod.paxos.value.Event;
import io.synod.runtime.engine.MemoryJournal;
import io.synod.runtime.engine.TestCluster;
import io.synod.runtime.node.EventLog;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.sim.check.Violation;
import io.synod.state.RestoredState;
import io.synod.state.State;
import io.synod.state.apply.Machine;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A trial of voters whose disks begin with nothing or with a restored state, drawn from a seed.
 * Messages are lost and links are cut, nodes are restarted and their disks replaced while the
 * cluster forms. A cluster must form exactly if all voters begin with the same, and must then go on
 * from that state; otherwise every node must name the voters that differ.
 */
public final class RestoredVoters implements LongFunction<@Nullable String> {
  static final long SKIP = 1_000_000_000L;
  private static final int STATES = 3;

  /** Creates a trial, which has no state. */
  public RestoredVoters() {}

  /** The state of a cluster that applied this many commands, as it is restored. */
  static State restored(int commands, int voters) {
    Machine machine = new Machine();
    for (int i = 1; i <= commands; i++) {
      NewEntry next =
          i == 1
              ? NewEntry.of(Entry.Kind.OPEN_SESSION, new SystemCommands.Open(0).encode())
              : NewEntry.of(
                  Entry.Kind.KV,
                  Txn.of(new Op.Put("key/" + i, Payload.of(new byte[] {(byte) i}), 0, 0)).encode());
      Entry entry = next.under(1, new Entry.Key(i == 1 ? 0 : 1, i), 0);
      machine.apply(i, 1_000L * i, List.of(entry.encode()));
    }
    TreeSet<Integer> all = new TreeSet<>();
    for (int voter = 1; voter <= voters; voter++) {
      all.add(voter);
    }
    return RestoredState.of(machine.state(), SKIP, all);
  }

  @Override
  public @Nullable String apply(long seed) {
    try {
      new Run(seed).run();
      return null;
    } catch (Violation violation) {
      return violation.getMessage();
    }
  }

  private static final class Run {
    private final SplittableRandom random;
    private final int voters;
    private final TestCluster cluster;
    // What the disk of each voter begins with: 0 for nothing, or the number of a backup.
    private final int[] origins;

    Run(long seed) {
      random = new SplittableRandom(seed);
      voters = random.nextInt(3) == 0 ? 5 : 3;
      cluster = TestCluster.restored(voters);
      origins = new int[voters + 1];
      int usual = random.nextInt(STATES);
      boolean same = random.nextInt(3) == 0;
      for (int node = 1; node <= voters; node++) {
        cluster.stop(node);
        begin(node, same || random.nextBoolean() ? usual : random.nextInt(STATES));
        cluster.start(node);
      }
    }

    private void begin(int node, int origin) {
      origins[node] = origin;
      if (origin == 0) {
        cluster.wipe(node);
      } else {
        cluster.replaceDisk(
            node, MemoryJournal.restored(restored(5 * origin, voters), 0xB0 + origin));
      }
    }

    void run() {
      int loss = random.nextInt(60);
      cluster.lose((link, message) -> random.nextInt(100) < loss);
      for (int round = random.nextInt(4); round > 0; round--) {
        cluster.run(random.nextInt(1_500));
        int node = 1 + random.nextInt(voters);
        cluster.stop(node);
        cluster.run(random.nextInt(500));
        cluster.start(node);
      }
      cluster.lose((link, message) -> false);
      cluster.run(10_000);
      Set<Integer> different = new HashSet<>();
      for (int node = 1; node <= voters; node++) {
        different.add(origins[node]);
      }
      if (different.size() > 1) {
        refuses();
        restoreThoseThatAreNamed();
      }
      goesOn(origins[1]);
      admitsOnlyTheSame();
    }

    /** A node whose disk is replaced learns if it begins with nothing or with the same state. */
    private void admitsOnlyTheSame() {
      int origin = origins[1];
      int begins = random.nextInt(STATES);
      cluster.stop(voters);
      begin(voters, begins);
      cluster.start(voters);
      cluster.run(5_000);
      if (begins == 0 || begins == origin) {
        check(status(voters).role() != View.Role.FORMING, "a node is not admitted");
        check(
            status(voters).stateDigest() == status(1).stateDigest(),
            "a node that was admitted has another state");
      } else {
        check(
            status(voters).role() == View.Role.FORMING
                && status(voters).availability().nodes().equals(List.of(voters)),
            "a node that was restored otherwise is admitted, or does not say why not");
      }
    }

    /** Follows the advice of node 1. */
    private void restoreThoseThatAreNamed() {
      List<Integer> named = status(1).availability().nodes();
      int origin = 0;
      for (int node = 1; node <= voters; node++) {
        origin = named.contains(node) ? origin : origins[node];
      }
      check(origin != 0, "every voter is named, or only empty ones are not");
      for (int node : named) {
        cluster.stop(node);
        begin(node, origin);
        cluster.start(node);
      }
      cluster.run(10_000);
    }

    private NodeStatus status(int node) {
      return cluster.node(node).inspection().status();
    }

    /** Every node names the voters without the origin that most of the restored ones have. */
    private void refuses() {
      for (int node = 1; node <= voters; node++) {
        NodeStatus status = status(node);
        check(status.role() == View.Role.FORMING, "voters that begin with different states form");
        List<Event> events = new ArrayList<>();
        for (EventLog.LoggedEvent logged :
            cluster.node(node).inspection().eventLog().since(1, Integer.MAX_VALUE)) {
          events.add(logged.event());
        }
        check(
            events.contains(new Event.OriginsDiffer(status.availability().nodes())),
            "node " + node + " does not say why the cluster does not form");
        check(
            !status.problem().isEmpty() && status.alarms().contains("formation_blocked"),
            "node " + node + " raises no alarm");
      }
    }

    private void goesOn(int origin) {
      State before = origin == 0 ? State.EMPTY : restored(5 * origin, voters);
      for (int node = 1; node <= voters; node++) {
        Outcome outcome =
            cluster.await(
                cluster
                    .node(node)
                    .proposer()
                    .propose(
                        NewEntry.of(
                            Entry.Kind.KV, Txn.of(new Op.Put("new", Payload.EMPTY, 0, 0)).encode()),
                        Duration.ofSeconds(5)));
        check(
            outcome instanceof Outcome.Applied applied && applied.index() > before.index(),
            "node " + node + " does not go on from the restored index: " + outcome);
      }
      cluster.run(1_000);
      for (int node = 1; node <= voters; node++) {
        State now = cluster.node(node).reads().state();
        before.visit(
            "",
            "",
            pair -> {
              check(pair.equals(now.get(pair.key())), "a restored key is missing");
              return true;
            });
        check(now.slot() > before.slot(), "a restored slot is chosen again");
        check(
            now.mark().equals(cluster.node(1).reads().state().mark()),
            "nodes have different states");
      }
    }

    private static void check(boolean holds, String what) {
      if (!holds) {
        throw new Violation("I22", what);
      }
    }
  }
}
