package io.synod.runtime.engine;

import io.synod.paxos.Input;
import io.synod.paxos.Message;
import io.synod.paxos.Proposal;
import io.synod.paxos.Self;
import io.synod.paxos.Settings;
import io.synod.paxos.View;
import io.synod.runtime.node.Node;
import io.synod.runtime.port.CallerLimits;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.Mailbox;
import io.synod.runtime.port.NodePorts;
import io.synod.runtime.port.Observer;
import io.synod.runtime.port.Peers;
import io.synod.runtime.port.SnapshotSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/** A few nodes over memory, turned by hand on one clock. */
public final class TestCluster {
  public static final long MILLIS = 1_000_000;
  private final SortedMap<Integer, Member> members = new TreeMap<>();
  private final SortedMap<Integer, MemoryJournal> disks = new TreeMap<>();
  private final SortedMap<Integer, Long> incarnations = new TreeMap<>();
  private final int size;
  private final Settings settings;
  private final SnapshotSettings snapshots;
  private final CallerLimits callerLimits;
  private Predicate<DirectedLink> cut = link -> false;
  private ToLongFunction<DirectedLink> delay = link -> 0;
  private BiPredicate<DirectedLink, Message> loss = (link, message) -> false;
  private long nowNanos = MILLIS;
  private ToLongFunction<Integer> wallAheadMillis = node -> 0;
  // By how many millionths a node's clock runs fast, and who stands still.
  private final Map<Integer, Long> drifts = new HashMap<>();
  private final Set<Integer> paused = new HashSet<>();
  // Whose work in the background waits.
  private final Set<Integer> held = new HashSet<>();

  // Each process draws numbers of its own.
  private long starts;

  private final class Member implements Peers, Clock, Mailbox {
    private final int node;
    private final long incarnation;
    private final Engine engine;
    private final Node services;
    private final TreeMap<Long, List<Input>> transit = new TreeMap<>();
    private final List<Runnable> works = new ArrayList<>();
    private List<Input> mailbox = new ArrayList<>();
    private long formation;
    private long wakeAtNanos;
    private boolean awake;
    private int turns;

    private Member(int node) {
      this.node = node;
      this.incarnation = incarnations.computeIfAbsent(node, any -> 100L + any);
      TreeSet<Integer> voters = new TreeSet<>();
      TreeSet<Integer> peers = new TreeSet<>();
      for (int other = 1; other <= size; other++) {
        voters.add(other);
        if (other != node) {
          peers.add(other);
        }
      }
      this.engine =
          new Engine(
              new Self(node, incarnation, 0, voters, peers),
              new Engine.Tuning(settings, callerLimits, snapshots),
              new NodePorts(
                  disks.computeIfAbsent(node, any -> new MemoryJournal(() -> nowNanos)),
                  this,
                  this,
                  Observer.none(),
                  this),
              new Engine.Workers(Runnable::run, this::work),
              new SplittableRandom(++starts));
      this.services = engine.node();
    }

    @Override
    public boolean send(int to, Message message) {
      Member receiver = members.get(to);
      DirectedLink link = new DirectedLink(node, to);
      if (receiver != null && !cut.test(link) && !loss.test(link, message)) {
        Input said = new Input.Received(node, incarnation, formation, message);
        long atNanos = nowNanos + delay.applyAsLong(link) * MILLIS;
        receiver.transit.computeIfAbsent(atNanos, any -> new ArrayList<>()).add(said);
      }
      return true;
    }

    @Override
    public void formed(long digest) {
      formation = digest;
    }

    @Override
    public long nanos() {
      return nowNanos + nowNanos / 1_000_000 * drifts.getOrDefault(node, 0L);
    }

    @Override
    public long wallMillis() {
      return nowNanos / MILLIS + wallAheadMillis.applyAsLong(node);
    }

    @Override
    public boolean offer(Input input) {
      mailbox.add(input);
      return true;
    }

    @Override
    public void wake() {
      awake = true;
    }

    private void work(Runnable work) {
      if (held.contains(node)) {
        works.add(work);
      } else {
        work.run();
      }
    }

    /** What arrived by now. */
    private void deliver() {
      while (!transit.isEmpty() && transit.firstKey() <= nowNanos) {
        mailbox.addAll(transit.pollFirstEntry().getValue());
      }
    }

    private boolean turn() {
      deliver();
      if (paused.contains(node) || (mailbox.isEmpty() && !awake && nanos() < wakeAtNanos)) {
        return false;
      }
      awake = false;
      turns++;
      List<Input> inputs = mailbox;
      mailbox = new ArrayList<>();
      wakeAtNanos = engine.cycle().turn(inputs);
      return true;
    }
  }

  public TestCluster(int size) {
    this(size, Settings.defaults());
  }

  TestCluster(int size, Settings settings) {
    this(size, settings, SnapshotSettings.defaults());
  }

  public TestCluster(int size, CallerLimits callerLimits) {
    this(size, Settings.defaults(), SnapshotSettings.defaults(), callerLimits);
  }

  TestCluster(int size, Settings settings, SnapshotSettings snapshots) {
    this(size, settings, snapshots, CallerLimits.defaults());
  }

  private TestCluster(
      int size, Settings settings, SnapshotSettings snapshots, CallerLimits callerLimits) {
    this.size = size;
    this.settings = settings;
    this.snapshots = snapshots;
    this.callerLimits = callerLimits;
    for (int node = 1; node <= size; node++) {
      start(node);
    }
  }

  public void start(int node) {
    members.put(node, new Member(node));
  }

  public void stop(int node) {
    members.remove(node);
  }

  /** The node stops in an orderly way, and can still be asked for its status. */
  public void close(int node) {
    Objects.requireNonNull(members.get(node)).engine.cycle().close();
  }

  public void cut(Predicate<DirectedLink> links) {
    cut = links;
  }

  /** So many milliseconds what is said takes on its way from now on. */
  public void delay(ToLongFunction<DirectedLink> millis) {
    delay = millis;
  }

  /** The node's clocks run fast by so many millionths, from the beginning of time. */
  void drift(int node, long millionths) {
    drifts.put(node, millionths);
  }

  /** The node's process stands still; what is said to it waits. */
  void pause(int node) {
    paused.add(node);
  }

  /** It goes on. */
  void resume(int node) {
    paused.remove(node);
  }

  /** What the node does in the background waits. */
  public void hold(int node) {
    held.add(node);
  }

  /** It is done. */
  public void release(int node) {
    held.remove(node);
    List<Runnable> works = Objects.requireNonNull(members.get(node)).works;
    List<Runnable> all = List.copyOf(works);
    works.clear();
    all.forEach(Runnable::run);
  }

  /** Now, by the node's clock. */
  long nanos(int node) {
    return Objects.requireNonNull(members.get(node)).nanos();
  }

  /** How often the node turned since it started. */
  int turns(int node) {
    return Objects.requireNonNull(members.get(node)).turns;
  }

  /** Whether the node runs. */
  public boolean isUp(int node) {
    return members.containsKey(node);
  }

  /** From now on the links lose such messages. */
  public void lose(BiPredicate<DirectedLink, Message> which) {
    loss = which;
  }

  public Node node(int node) {
    return Objects.requireNonNull(members.get(node)).services;
  }

  /** Lets {@code millis} pass. */
  public void run(long millis) {
    long end = nowNanos + millis * MILLIS;
    while (nowNanos < end) {
      boolean turned = false;
      for (Member member : List.copyOf(members.values())) {
        turned |= member.turn();
      }
      if (!turned) {
        nowNanos += MILLIS / 2;
      }
    }
  }

  /** Lets time pass until the answer is there. */
  public <T> T await(CompletableFuture<T> answer) {
    for (int i = 0; i < 10_000 && !answer.isDone(); i++) {
      run(1);
    }
    return answer.join();
  }

  /** Whether the node's disk has agreed to a formation. */
  boolean hasAgreed(int node) {
    return Objects.requireNonNull(disks.get(node)).recovered().agreed() != null;
  }

  /** The first index that the node's disk still has. */
  long keptFrom(int node) {
    return Objects.requireNonNull(disks.get(node)).oldestIndex();
  }

  /** From now on each sync of the node's disk takes so long. */
  void slow(int node, long millis) {
    Objects.requireNonNull(disks.get(node)).syncing(() -> nowNanos += millis * MILLIS);
  }

  /** The node's disk. */
  public MemoryJournal disk(int node) {
    return Objects.requireNonNull(disks.get(node));
  }

  /** Everything that the stopped node applied goes from its log to its archive. */
  void archive(int node) {
    Objects.requireNonNull(disks.get(node)).archive();
  }

  /** What the stopped node has archived of a slot is now another value, and nothing tells. */
  void alter(int node, long slot, UnaryOperator<Proposal> change) {
    Objects.requireNonNull(disks.get(node)).alter(slot, change);
  }

  /** Somebody sets the wall clocks, each so far ahead. */
  void setWallClocks(ToLongFunction<Integer> aheadMillis) {
    wallAheadMillis = aheadMillis;
  }

  /** The node loses its disk, and gets an empty one. */
  public void wipe(int node) {
    disks.remove(node);
    incarnations.merge(node, 1_000L, Long::sum);
  }

  /** How many elections {@code node} saw. */
  int elections(int node) {
    return node(node).inspection().eventLog().elections().size();
  }

  /** Who leads, or thinks so. */
  List<Integer> leaders() {
    List<Integer> leaders = new ArrayList<>();
    for (var member : members.entrySet()) {
      if (member.getValue().services.inspection().status().role() == View.Role.LEADER) {
        leaders.add(member.getKey());
      }
    }
    return leaders;
  }

  /** The node that leads, or 0. */
  public int leader() {
    return leaders().stream().findFirst().orElse(0);
  }
}
