package io.synod.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads every key, then holds them against each other. For one use. */
final class Reader {
  private static final int VOTERS_MAX = 9;

  private final Layers layers;
  private final Map<Key<?>, Object> values = new HashMap<>();

  Reader(Layers layers) {
    this.layers = layers;
  }

  /** Null if something is wrong, which the layers were told. */
  @Nullable Config read() {
    for (Key<?> key : Keys.all()) {
      if (!layers.isAuto(key)) {
        Object value = layers.value(key);
        if (value != null) {
          values.put(key, value);
        }
      }
    }
    checkMembers();
    checkTimesAndSizes();
    deriveOwnAddress();
    checkPorts();
    return values.size() == Keys.all().size() && layers.problems().isEmpty() ? config() : null;
  }

  private Config config() {
    return new Config(
        get(Keys.CLUSTER),
        get(Keys.NODE),
        get(Keys.PEERS),
        get(Keys.LEARNERS),
        get(Keys.DATA),
        get(Keys.PRIORITY),
        new Address(get(Keys.API_ADDRESS), get(Keys.API_PORT)),
        new Address(get(Keys.PEER_ADDRESS), get(Keys.PEER_PORT)),
        new Address(get(Keys.HTTP_ADDRESS), get(Keys.HTTP_PORT)),
        new Config.Times(
            get(Keys.HEARTBEAT_INTERVAL),
            get(Keys.ELECTION_TIMEOUT),
            get(Keys.RESEND_INTERVAL),
            get(Keys.DRAIN_TIMEOUT)),
        new Config.Limits(
            Math.toIntExact(get(Keys.COMMAND_BYTES_MAX)),
            get(Keys.PENDING_MAX),
            get(Keys.PENDING_BYTES_MAX),
            get(Keys.READS_MAX),
            get(Keys.MAILBOX_MAX),
            get(Keys.MAILBOX_BYTES_MAX),
            get(Keys.WATCHES_MAX),
            get(Keys.HOLDS_MAX),
            get(Keys.TRACES_MAX),
            get(Keys.PAGES_MAX),
            get(Keys.CALLS_MAX),
            get(Keys.CONNECTIONS_MAX),
            get(Keys.KEEP_ALIVE_MIN),
            get(Keys.UNREAD_BYTES_MAX)),
        new Config.Sizes(
            Math.toIntExact(get(Keys.BATCH_BYTES_MAX)),
            get(Keys.WINDOW_SLOTS),
            get(Keys.WINDOW_BYTES_MAX),
            get(Keys.QUEUE_BYTES_MAX),
            Math.toIntExact(get(Keys.PAGE_BYTES_MAX)),
            get(Keys.RECENT_BYTES_MAX),
            get(Keys.TAIL_FILE_BYTES)),
        new Config.Keeping(
            get(Keys.STATES_MAX),
            get(Keys.STATE_BYTES_MAX),
            get(Keys.DISK_BYTES_MAX),
            get(Keys.CONSUMER_LAPSE)),
        new Config.Snapshots(
            get(Keys.SNAPSHOT_LOG_BYTES), get(Keys.LOG_KEEP_BYTES), get(Keys.LOG_MAX_BYTES)),
        get(Keys.LOG_FORMAT),
        get(Keys.LOG_LEVEL));
  }

  private void checkMembers() {
    SortedMap<Integer, Address> voters = find(Keys.PEERS);
    SortedMap<Integer, Address> learners = find(Keys.LEARNERS);
    Integer node = find(Keys.NODE);
    if (voters == null || learners == null) {
      return;
    }
    if (voters.isEmpty()) {
      layers.problem("peers names nobody; a cluster has at least one voter");
    }
    if (voters.size() > VOTERS_MAX) {
      layers.problem(
          "peers names "
              + voters.size()
              + " voters; take at most "
              + VOTERS_MAX
              + " and make the others learners");
    }
    Map<Address, Integer> byAddress = new HashMap<>();
    members()
        .forEach(
            (number, address) -> {
              Integer other = byAddress.putIfAbsent(address, number);
              if (other != null) {
                layers.problem(
                    "nodes " + other + " and " + number + " have the same address " + address);
              }
            });
    for (Integer learner : learners.keySet()) {
      if (voters.containsKey(learner)) {
        layers.problem("node " + learner + " is both among peers and among learners");
      }
    }
    if (node != null && !members().containsKey(node)) {
      layers.problem(
          "node "
              + node
              + " is neither among peers "
              + voters.keySet()
              + " nor among learners "
              + learners.keySet());
    }
  }

  private void checkTimesAndSizes() {
    Duration heartbeat = find(Keys.HEARTBEAT_INTERVAL);
    Duration election = find(Keys.ELECTION_TIMEOUT);
    if (heartbeat != null
        && election != null
        && election.compareTo(heartbeat.multipliedBy(3)) < 0) {
      layers.problem("election.timeout must be at least 3 times heartbeat.interval");
    }
    notAbove(Keys.COMMAND_BYTES_MAX, Keys.PENDING_BYTES_MAX);
    notAbove(Keys.COMMAND_BYTES_MAX, Keys.QUEUE_BYTES_MAX);
    notAbove(Keys.BATCH_BYTES_MAX, Keys.WINDOW_BYTES_MAX);
  }

  private void notAbove(Key<Long> part, Key<Long> whole) {
    Long less = find(part);
    Long more = find(whole);
    if (less != null && more != null && less > more) {
      layers.problem(part.name() + " must not be above " + whole.name());
    }
  }

  /** Peers call this node where {@code peers} says, unless told to listen elsewhere. */
  private void deriveOwnAddress() {
    Integer node = find(Keys.NODE);
    Address own = node == null ? null : members().get(node);
    if (own == null) {
      // Told already; any value keeps what follows from being told as well.
      values.putIfAbsent(Keys.PEER_ADDRESS, "*");
      values.putIfAbsent(Keys.PEER_PORT, 1);
      return;
    }
    if (layers.isAuto(Keys.PEER_ADDRESS)) {
      values.put(Keys.PEER_ADDRESS, own.isLoopback() ? own.host() : "*");
    }
    if (layers.isAuto(Keys.PEER_PORT)) {
      values.put(Keys.PEER_PORT, own.port());
    }
    String listens = find(Keys.PEER_ADDRESS);
    if (listens != null && Address.isLoopback(listens) && !own.isLoopback()) {
      layers.problem(
          "peer.address "
              + listens
              + " hears this machine only, but peers reach node "
              + node
              + " at "
              + own);
    }
  }

  private void checkPorts() {
    checkPorts(Keys.API_PORT, Keys.API_ADDRESS, Keys.HTTP_PORT, Keys.HTTP_ADDRESS);
    checkPorts(Keys.API_PORT, Keys.API_ADDRESS, Keys.PEER_PORT, Keys.PEER_ADDRESS);
    checkPorts(Keys.HTTP_PORT, Keys.HTTP_ADDRESS, Keys.PEER_PORT, Keys.PEER_ADDRESS);
  }

  private void checkPorts(
      Key<Integer> port, Key<String> host, Key<Integer> otherPort, Key<String> otherHost) {
    Integer one = find(port);
    Integer two = find(otherPort);
    String here = find(host);
    String there = find(otherHost);
    if (one != null && one != 0 && one.equals(two) && here != null && there != null) {
      if (here.equals(there) || here.equals("*") || there.equals("*")) {
        layers.problem(port.name() + " and " + otherPort.name() + " are both " + one);
      }
    }
  }

  private SortedMap<Integer, Address> members() {
    SortedMap<Integer, Address> members = new TreeMap<>();
    SortedMap<Integer, Address> learners = find(Keys.LEARNERS);
    SortedMap<Integer, Address> voters = find(Keys.PEERS);
    if (learners != null) {
      members.putAll(learners);
    }
    if (voters != null) {
      members.putAll(voters);
    }
    return members;
  }

  @SuppressWarnings("unchecked") // put only with what its own key read
  private <T> @Nullable T find(Key<T> key) {
    return (T) values.get(key);
  }

  private <T> T get(Key<T> key) {
    T value = find(key);
    if (value == null) {
      throw new IllegalStateException(key.name() + " was not read");
    }
    return value;
  }
}
