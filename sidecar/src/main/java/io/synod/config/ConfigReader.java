package io.synod.config;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads every key, then checks the values against each other. It is used once. */
public final class ConfigReader {
  private static final int VOTERS_MAX = 9;

  private final ConfigLayers layers;
  private final Map<ConfigKey<?>, Object> values = new HashMap<>();

  private ConfigReader(ConfigLayers layers) {
    this.layers = layers;
  }

  /** Reads the given values; the exception lists every problem. */
  public static Config read(ConfigLayers layers) throws ConfigException {
    Config config = new ConfigReader(layers).read();
    List<String> problems = layers.problems();
    if (config == null || !problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return config;
  }

  /** Null if there is a problem, which the layers record. */
  private @Nullable Config read() {
    for (ConfigKey<?> key : ConfigKeys.all()) {
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
    return values.size() == ConfigKeys.all().size() && layers.problems().isEmpty()
        ? config()
        : null;
  }

  private Config config() {
    return new Config(
        get(ConfigKeys.CLUSTER),
        get(ConfigKeys.NODE),
        get(ConfigKeys.PEERS),
        get(ConfigKeys.LEARNERS),
        get(ConfigKeys.DATA),
        get(ConfigKeys.PRIORITY),
        new Address(get(ConfigKeys.API_ADDRESS), get(ConfigKeys.API_PORT)),
        new Address(get(ConfigKeys.PEER_ADDRESS), get(ConfigKeys.PEER_PORT)),
        new Address(get(ConfigKeys.HTTP_ADDRESS), get(ConfigKeys.HTTP_PORT)),
        new Config.Times(
            get(ConfigKeys.HEARTBEAT_INTERVAL),
            get(ConfigKeys.ELECTION_TIMEOUT),
            get(ConfigKeys.RESEND_INTERVAL),
            get(ConfigKeys.DRAIN_TIMEOUT)),
        new Config.Limits(
            Math.toIntExact(get(ConfigKeys.COMMAND_BYTES_MAX)),
            get(ConfigKeys.PENDING_MAX),
            get(ConfigKeys.PENDING_BYTES_MAX),
            get(ConfigKeys.READS_MAX),
            get(ConfigKeys.MAILBOX_MAX),
            get(ConfigKeys.MAILBOX_BYTES_MAX),
            get(ConfigKeys.WATCHES_MAX),
            get(ConfigKeys.HOLDS_MAX),
            get(ConfigKeys.TRACES_MAX),
            get(ConfigKeys.PAGES_MAX),
            get(ConfigKeys.CALLS_MAX),
            get(ConfigKeys.CONNECTIONS_MAX),
            get(ConfigKeys.KEEP_ALIVE_MIN),
            get(ConfigKeys.UNREAD_BYTES_MAX)),
        new Config.Sizes(
            Math.toIntExact(get(ConfigKeys.BATCH_BYTES_MAX)),
            get(ConfigKeys.WINDOW_SLOTS),
            get(ConfigKeys.WINDOW_BYTES_MAX),
            get(ConfigKeys.QUEUE_BYTES_MAX),
            Math.toIntExact(get(ConfigKeys.PAGE_BYTES_MAX)),
            get(ConfigKeys.RECENT_BYTES_MAX),
            get(ConfigKeys.TAIL_FILE_BYTES)),
        new Config.Keeping(
            get(ConfigKeys.STATES_MAX),
            get(ConfigKeys.STATE_BYTES_MAX),
            get(ConfigKeys.DISK_BYTES_MAX),
            get(ConfigKeys.CONSUMER_LAPSE)),
        new Config.Snapshots(
            get(ConfigKeys.SNAPSHOT_LOG_BYTES),
            get(ConfigKeys.LOG_KEEP_BYTES),
            get(ConfigKeys.LOG_MAX_BYTES)),
        get(ConfigKeys.LOG_FORMAT),
        get(ConfigKeys.LOG_LEVEL));
  }

  private void checkMembers() {
    SortedMap<Integer, Address> voters = find(ConfigKeys.PEERS);
    SortedMap<Integer, Address> learners = find(ConfigKeys.LEARNERS);
    Integer node = find(ConfigKeys.NODE);
    if (voters == null || learners == null) {
      return;
    }
    if (voters.isEmpty()) {
      layers.problem("peers is empty; a cluster has at least one voter");
    }
    if (voters.size() > VOTERS_MAX) {
      layers.problem(
          "peers names "
              + voters.size()
              + " voters; name at most "
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
        layers.problem("node " + learner + " is in both peers and learners");
      }
    }
    if (node != null && !members().containsKey(node)) {
      layers.problem(
          "node "
              + node
              + " is neither in peers "
              + voters.keySet()
              + " nor in learners "
              + learners.keySet());
    }
  }

  private void checkTimesAndSizes() {
    Duration heartbeat = find(ConfigKeys.HEARTBEAT_INTERVAL);
    Duration election = find(ConfigKeys.ELECTION_TIMEOUT);
    if (heartbeat != null
        && election != null
        && election.compareTo(heartbeat.multipliedBy(3)) < 0) {
      layers.problem("election.timeout must be at least 3 times heartbeat.interval");
    }
    notAbove(ConfigKeys.COMMAND_BYTES_MAX, ConfigKeys.PENDING_BYTES_MAX);
    notAbove(ConfigKeys.COMMAND_BYTES_MAX, ConfigKeys.QUEUE_BYTES_MAX);
    notAbove(ConfigKeys.BATCH_BYTES_MAX, ConfigKeys.WINDOW_BYTES_MAX);
  }

  private void notAbove(ConfigKey<Long> part, ConfigKey<Long> whole) {
    Long less = find(part);
    Long more = find(whole);
    if (less != null && more != null && less > more) {
      layers.problem(part.name() + " must not be above " + whole.name());
    }
  }

  /** Unless {@code peer.address} is given, this node listens at its address in {@code peers}. */
  private void deriveOwnAddress() {
    Integer node = find(ConfigKeys.NODE);
    Address own = node == null ? null : members().get(node);
    if (own == null) {
      // The problem is recorded already; any value avoids problems that follow from it.
      values.putIfAbsent(ConfigKeys.PEER_ADDRESS, "*");
      values.putIfAbsent(ConfigKeys.PEER_PORT, 1);
      return;
    }
    if (layers.isAuto(ConfigKeys.PEER_ADDRESS)) {
      values.put(ConfigKeys.PEER_ADDRESS, own.isLoopback() ? own.host() : "*");
    }
    if (layers.isAuto(ConfigKeys.PEER_PORT)) {
      values.put(ConfigKeys.PEER_PORT, own.port());
    }
    String listens = find(ConfigKeys.PEER_ADDRESS);
    if (listens != null && Address.isLoopback(listens) && !own.isLoopback()) {
      layers.problem(
          "peer.address "
              + listens
              + " is a loopback address, but peers reach node "
              + node
              + " at "
              + own);
    }
  }

  private void checkPorts() {
    checkPorts(
        ConfigKeys.API_PORT, ConfigKeys.API_ADDRESS, ConfigKeys.HTTP_PORT, ConfigKeys.HTTP_ADDRESS);
    checkPorts(
        ConfigKeys.API_PORT, ConfigKeys.API_ADDRESS, ConfigKeys.PEER_PORT, ConfigKeys.PEER_ADDRESS);
    checkPorts(
        ConfigKeys.HTTP_PORT,
        ConfigKeys.HTTP_ADDRESS,
        ConfigKeys.PEER_PORT,
        ConfigKeys.PEER_ADDRESS);
  }

  private void checkPorts(
      ConfigKey<Integer> port,
      ConfigKey<String> host,
      ConfigKey<Integer> otherPort,
      ConfigKey<String> otherHost) {
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
    SortedMap<Integer, Address> learners = find(ConfigKeys.LEARNERS);
    SortedMap<Integer, Address> voters = find(ConfigKeys.PEERS);
    if (learners != null) {
      members.putAll(learners);
    }
    if (voters != null) {
      members.putAll(voters);
    }
    return members;
  }

  @SuppressWarnings("unchecked") // Each value was put with the type of its own key.
  private <T> @Nullable T find(ConfigKey<T> key) {
    return (T) values.get(key);
  }

  private <T> T get(ConfigKey<T> key) {
    T value = find(key);
    if (value == null) {
      throw new IllegalStateException(key.name() + " was not read");
    }
    return value;
  }
}
