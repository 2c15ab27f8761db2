package io.synod.runtime.engine;

import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import io.synod.paxos.View;
import io.synod.paxos.value.Message;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.runtime.node.Node;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.SnapshotSettings;
import io.synod.sim.check.ObservedNode;
import io.synod.sim.check.core.Checker;
import io.synod.sim.check.core.Invariants;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/** An in-memory cluster, whose nodes are turned by the test on one clock. */
public final class TestCluster {
  public static final long MILLIS = TestClock.MILLIS;
  private final SortedMap<Integer, TestMember> members = new TreeMap<>();
  private final SortedMap<Integer, MemoryJournal> disks = new TreeMap<>();
  private final SortedMap<Integer, Long> incarnations = new TreeMap<>();
  private final SortedMap<Integer, DeferredTasks> background = new TreeMap<>();
  private final TestClock clock = new TestClock();
  private final TestNetwork network = new TestNetwork(clock);
  private final Invariants invariants;
  private final int size;
  private final TestVersions versions;
  // The nodes whose processes are suspended.
  private final Set<Integer> paused = new HashSet<>();
  private ClusterListener listener = ClusterListener.NONE;
  // The node whose next process gets the highest election priority; 0 if there is none.
  private int preferred;
  // Each process has its own random seed.
  private long starts;

  private final class WriteListener implements Checker {
    @Override
    public void written(ObservedNode observedNode, Write write) {
      listener.wrote(observedNode.node(), write);
    }
  }

  public TestCluster(int size) {
    this(size, Settings.defaults());
  }

  TestCluster(int size, Settings settings) {
    this(size, settings, SnapshotSettings.defaults());
  }

  public TestCluster(int size, CallerLimits limits) {
    this(size, new Engine.Tuning(Settings.defaults(), limits, SnapshotSettings.defaults()), true);
  }

  TestCluster(int size, Settings settings, SnapshotSettings snapshots) {
    this(size, new Engine.Tuning(settings, CallerLimits.defaults(), snapshots), true);
  }

  private TestCluster(int size, Engine.Tuning tuning, boolean checked) {
    this.size = size;
    this.invariants = checked ? new Invariants(new WriteListener()) : Invariants.none();
    this.versions = new TestVersions(tuning);
    for (int node = 1; node <= size; node++) {
      start(node);
    }
  }

  /** A cluster whose disks may begin with restored states, so that the log has no first slot. */
  public static TestCluster restored(int size) {
    CallerLimits limits = CallerLimits.defaults();
    return new TestCluster(
        size, new Engine.Tuning(Settings.defaults(), limits, SnapshotSettings.defaults()), false);
  }

  /** A cluster whose nodes keep little in memory, send short pages, and trim their log. */
  public static TestCluster keepingLittle(int size) {
    return new TestCluster(
        size,
        TestVersions.littleMemory(),
        new SnapshotSettings(100_000, 0, Long.MAX_VALUE, 3_600_000));
  }

  /** Starts a node of a version that supports levels up to this one. */
  public void start(int node, int supportedLevel) {
    versions.install(node, supportedLevel);
    start(node);
  }

  public void start(int node) {
    MemoryJournal disk = disks.computeIfAbsent(node, any -> new MemoryJournal(clock::nanos));
    disk.kept((first, snapshot) -> invariants.kept(node, first, snapshot));
    DeferredTasks tasks = background.computeIfAbsent(node, any -> new DeferredTasks());
    tasks.clear();
    members.put(
        node,
        new TestMember(
            self(node),
            new TestMember.Start(versions.tuning(node), disk, tasks, ++starts),
            new TestMember.Surroundings(
                clock, network, invariants, new ForwardingListener(() -> listener))));
  }

  /** The level that a node requires of its peers. */
  public int requiredLevel(int node) {
    return member(node).requiredLevel();
  }

  private Self self(int node) {
    TreeSet<Integer> voters = new TreeSet<>();
    TreeSet<Integer> peers = new TreeSet<>();
    for (int other = 1; other <= size; other++) {
      voters.add(other);
      if (other != node) {
        peers.add(other);
      }
    }
    long incarnation = incarnations.computeIfAbsent(node, any -> 100L + any);
    return new Self(node, incarnation, preferred == node ? 1 : 0, voters, peers);
  }

  public void stop(int node) {
    members.remove(node);
    network.disconnect(node);
  }

  /** Sets the listener of the nodes' actions. */
  public void listen(ClusterListener to) {
    listener = to;
  }

  /** Starts the node with the highest election priority. */
  public void startPreferred(int node) {
    preferred = node;
    start(node);
    preferred = 0;
  }

  /** Holds matching messages until they are released. */
  public void hold(BiPredicate<DirectedLink, Message> which) {
    network.hold(which);
  }

  /** Holds a copy of matching messages until it is released. */
  public void copy(BiPredicate<DirectedLink, Message> which) {
    network.copy(which);
  }

  /** Releases and returns the matching held messages. */
  public List<Message> release(BiPredicate<DirectedLink, Message> which) {
    return network.release(which);
  }

  /** Loses power in the node's next sync: its process ends, and unsynced data is lost. */
  public void losePower(int node) {
    disk(node).losePower();
  }

  /** Stops the node in an orderly way; its status can still be read. */
  public void close(int node) {
    member(node).cycle().close();
  }

  public void cut(Predicate<DirectedLink> links) {
    network.cut(links);
  }

  /** Sets the latency of the links in milliseconds. */
  public void delay(ToLongFunction<DirectedLink> millis) {
    network.delay(millis);
  }

  /** Makes the node's clocks run fast by this rate in parts per million, from time 0 on. */
  public void drift(int node, long millionths) {
    clock.drift(node, millionths);
  }

  /** Suspends the node's process; messages to it wait. */
  public void pause(int node) {
    paused.add(node);
  }

  /** Resumes the node's process. */
  public void resume(int node) {
    paused.remove(node);
  }

  /** Holds the node's background tasks. */
  public void hold(int node) {
    tasks(node).hold();
  }

  /** Releases the node's background tasks. */
  public void release(int node) {
    tasks(node).release();
  }

  /** Now, by the node's clock. */
  public long nanos(int node) {
    return clock.nanos(node);
  }

  /** How many turns the node has made since it started. */
  public int turns(int node) {
    return member(node).turns();
  }

  /** Whether the node runs. */
  public boolean isUp(int node) {
    return members.containsKey(node);
  }

  /** Drops matching messages. */
  public void lose(BiPredicate<DirectedLink, Message> which) {
    network.lose(which);
  }

  public Node node(int node) {
    return member(node).services();
  }

  /** Advances time by {@code millis}. */
  public void run(long millis) {
    long end = clock.nanos() + millis * MILLIS;
    while (clock.nanos() < end) {
      boolean turned = false;
      for (int node : List.copyOf(members.keySet())) {
        turned |= turn(node);
      }
      if (!turned) {
        clock.pass(MILLIS / 2);
      }
    }
  }

  private boolean turn(int node) {
    TestMember member = member(node);
    member.receive();
    try {
      return !paused.contains(node) && member.turn();
    } catch (PowerLossException lost) {
      stop(node);
      listener.crashed(node);
      return true;
    }
  }

  /** Advances time until the future is complete. */
  public <T> T await(CompletableFuture<T> answer) {
    for (int i = 0; i < 10_000 && !answer.isDone(); i++) {
      run(1);
    }
    return answer.join();
  }

  /** Whether the node's disk has agreed to a formation. */
  boolean hasAgreed(int node) {
    return disk(node).recovered().agreed() != null;
  }

  /** The first index that the node's disk still has. */
  public long keptFrom(int node) {
    return disk(node).oldestIndex();
  }

  /** Sets how long each sync of the node's disk takes. */
  void slow(int node, long millis) {
    disk(node).syncing(() -> clock.pass(millis * MILLIS));
  }

  /** The node's disk. */
  public MemoryJournal disk(int node) {
    return Objects.requireNonNull(disks.get(node));
  }

  /** Seals everything that the stopped node applied into its archive. */
  public void archive(int node) {
    disk(node).archive();
  }

  /** Replaces a value in the archive of the stopped node without leaving a trace. */
  public void alter(int node, long slot, UnaryOperator<Proposal> change) {
    disk(node).alter(slot, change);
    invariants.corrupted(node);
  }

  /** Sets the wall clocks ahead, each by its own amount. */
  public void setWallClocks(ToLongFunction<Integer> aheadMillis) {
    clock.setWallClocks(aheadMillis);
  }

  /** Replaces the node's disk by an empty one. */
  public void wipe(int node) {
    replaceDisk(node, new MemoryJournal(clock::nanos));
  }

  /** Replaces the node's disk. */
  public void replaceDisk(int node, MemoryJournal disk) {
    disks.put(node, disk);
    incarnations.merge(node, 1_000L, Long::sum);
  }

  /** How many elections {@code node} saw. */
  int elections(int node) {
    return node(node).inspection().eventLog().elections().size();
  }

  /** The nodes that lead, or consider themselves leader. */
  public List<Integer> leaders() {
    return members.keySet().stream()
        .filter(node -> node(node).inspection().status().role() == View.Role.LEADER)
        .toList();
  }

  private TestMember member(int node) {
    return Objects.requireNonNull(members.get(node));
  }

  private DeferredTasks tasks(int node) {
    return background.computeIfAbsent(node, any -> new DeferredTasks());
  }

  /** The node that leads, or 0. */
  public int leader() {
    return leaders().stream().findFirst().orElse(0);
  }
}
