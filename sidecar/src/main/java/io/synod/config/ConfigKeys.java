package io.synod.config;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The table of all configuration keys. */
public final class ConfigKeys {
  static final ConfigKey<String> CLUSTER =
      new ConfigKey<>(
          "cluster",
          ValueType.name(),
          "synod",
          "Name of the cluster; peers of another are refused");
  static final ConfigKey<Integer> NODE =
      new ConfigKey<>("node", ValueType.node(), null, "This node's number; of pod synod-0 it is 1");
  static final ConfigKey<SortedMap<Integer, Address>> PEERS =
      new ConfigKey<>(
          "peers",
          ValueType.members(),
          null,
          "Every voter and its address for peers, this node included");
  static final ConfigKey<SortedMap<Integer, Address>> LEARNERS =
      new ConfigKey<>(
          "learners", ValueType.members(), "", "Nodes that replicate the log and do not vote");
  static final ConfigKey<String> DATA =
      new ConfigKey<>(
          "data", ValueType.path(), null, "Data directory of this node; one process at a time");
  static final ConfigKey<Integer> PRIORITY =
      new ConfigKey<>(
          "priority",
          ValueType.count(0, 1000),
          "0",
          "Leader priority; among equals the highest is preferred");

  static final ConfigKey<String> API_ADDRESS =
      new ConfigKey<>(
          "api.address", ValueType.host(), "127.0.0.1", "Address for applications; keep it local");
  static final ConfigKey<Integer> API_PORT =
      new ConfigKey<>(
          "api.port",
          ValueType.count(0, 65_535),
          "7401",
          "Port of api.address; 0 chooses a free one");
  static final ConfigKey<String> PEER_ADDRESS =
      new ConfigKey<>(
          "peer.address",
          auto(ValueType.host()),
          ConfigKey.AUTO,
          "Address for peers; auto: * unless peers gives this node a loopback address");
  static final ConfigKey<Integer> PEER_PORT =
      new ConfigKey<>(
          "peer.port",
          auto(ValueType.count(1, 65_535)),
          ConfigKey.AUTO,
          "Port of peer.address; auto: the one that peers or learners gives this node");
  static final ConfigKey<String> HTTP_ADDRESS =
      new ConfigKey<>(
          "http.address", ValueType.host(), "127.0.0.1", "Address of metrics, health and status");
  static final ConfigKey<Integer> HTTP_PORT =
      new ConfigKey<>(
          "http.port",
          ValueType.count(0, 65_535),
          "7403",
          "Port of http.address; 0 chooses a free one");

  static final ConfigKey<Duration> HEARTBEAT_INTERVAL =
      new ConfigKey<>(
          "heartbeat.interval",
          ValueType.duration("5ms", "10s"),
          "100ms",
          "Interval of heartbeats between nodes");
  static final ConfigKey<Duration> ELECTION_TIMEOUT =
      new ConfigKey<>(
          "election.timeout",
          ValueType.duration("50ms", "60s"),
          "1s",
          "Silence after which a leader counts as failed; at least 3 heartbeats");
  static final ConfigKey<Duration> RESEND_INTERVAL =
      new ConfigKey<>(
          "resend.interval",
          ValueType.duration("10ms", "60s"),
          "300ms",
          "Minimum retransmission time-out of messages to peers");
  static final ConfigKey<Duration> DRAIN_TIMEOUT =
      new ConfigKey<>(
          "drain.timeout",
          ValueType.duration("0s", "10m"),
          "5s",
          "How long a shutdown may take to transfer leadership and finish calls");

  static final ConfigKey<Long> COMMAND_BYTES_MAX =
      new ConfigKey<>(
          "limits.commandBytesMax", ValueType.size("1B", "16MiB"), "1MiB", "The largest command");
  static final ConfigKey<Integer> PENDING_MAX =
      new ConfigKey<>(
          "limits.pendingMax",
          ValueType.count(1, 10_000_000),
          "8192",
          "Proposals that may wait at this node");
  static final ConfigKey<Long> PENDING_BYTES_MAX =
      new ConfigKey<>(
          "limits.pendingBytesMax",
          ValueType.size("1KiB", "16GiB"),
          "64MiB",
          "Bytes of these proposals");
  static final ConfigKey<Integer> READS_MAX =
      new ConfigKey<>(
          "limits.readsMax",
          ValueType.count(1, 10_000_000),
          "65536",
          "Reads that may wait at this node");
  static final ConfigKey<Integer> MAILBOX_MAX =
      new ConfigKey<>(
          "limits.mailboxMax",
          ValueType.count(64, 10_000_000),
          "65536",
          "Inputs that may wait for the main loop; peers' messages beyond are dropped");
  static final ConfigKey<Long> MAILBOX_BYTES_MAX =
      new ConfigKey<>(
          "limits.mailboxBytesMax",
          ValueType.size("1MiB", "16GiB"),
          "64MiB",
          "Bytes of these inputs; small messages such as heartbeats always fit");
  static final ConfigKey<Integer> WATCHES_MAX =
      new ConfigKey<>(
          "limits.watchesMax", ValueType.count(1, 1_000_000), "1024", "Watches open at once");
  static final ConfigKey<Integer> HOLDS_MAX =
      new ConfigKey<>(
          "limits.holdsMax",
          ValueType.count(1, 1_000_000),
          "1024",
          "Locks held or waited for at once; counted apart from watches");
  static final ConfigKey<Integer> TRACES_MAX =
      new ConfigKey<>(
          "limits.tracesMax", ValueType.count(1, 10_000), "16", "Trace streams open at once");
  static final ConfigKey<Integer> PAGES_MAX =
      new ConfigKey<>(
          "limits.pagesMax", ValueType.count(1, 1_000_000), "1024", "Reads of the disk at once");
  static final ConfigKey<Integer> CALLS_MAX =
      new ConfigKey<>(
          "limits.callsPerConnectionMax",
          ValueType.count(1, 1_000_000),
          "10000",
          "Calls open on a connection; a client queues further ones");
  static final ConfigKey<Integer> CONNECTIONS_MAX =
      new ConfigKey<>(
          "limits.connectionsMax",
          ValueType.count(1, 1_000_000),
          "1024",
          "Connections of applications; fewer if this process may not open so many files");
  static final ConfigKey<Duration> KEEP_ALIVE_MIN =
      new ConfigKey<>(
          "limits.keepAliveMin",
          ValueType.duration("1s", "1h"),
          "5s",
          "A connection that is pinged more often is closed with too_many_pings");
  static final ConfigKey<Long> UNREAD_BYTES_MAX =
      new ConfigKey<>(
          "limits.unreadBytesMax",
          ValueType.size("1MiB", "16GiB"),
          "64MiB",
          "Bytes of answers that callers have not read; beyond them calls are refused");

  static final ConfigKey<Long> BATCH_BYTES_MAX =
      new ConfigKey<>(
          "batch.bytesMax", ValueType.size("1KiB", "16MiB"), "1MiB", "The largest batch in a slot");
  static final ConfigKey<Integer> WINDOW_SLOTS =
      new ConfigKey<>(
          "window.slots",
          ValueType.count(1, 256),
          "64",
          "Slots a leader proposes beyond its chosen prefix");
  static final ConfigKey<Long> WINDOW_BYTES_MAX =
      new ConfigKey<>(
          "window.bytesMax",
          ValueType.size("1KiB", "1GiB"),
          "16MiB",
          "Bytes of these slots at which the leader waits");
  static final ConfigKey<Long> QUEUE_BYTES_MAX =
      new ConfigKey<>(
          "queue.bytesMax",
          ValueType.size("1KiB", "4GiB"),
          "64MiB",
          "Bytes of commands that wait for a slot");
  static final ConfigKey<Long> PAGE_BYTES_MAX =
      new ConfigKey<>(
          "page.bytesMax",
          ValueType.size("1KiB", "2MiB"),
          "1MiB",
          "The largest page of log entries sent to a peer");
  static final ConfigKey<Long> RECENT_BYTES_MAX =
      new ConfigKey<>(
          "recent.bytesMax",
          ValueType.size("64KiB", "4GiB"),
          "32MiB",
          "Bytes of chosen slots kept in memory");

  static final ConfigKey<Long> TAIL_FILE_BYTES =
      new ConfigKey<>(
          "storage.tailFileBytes",
          ValueType.size("64KiB", "1GiB"),
          "16MiB",
          "Size of one file of the log's tail, which has about three");
  static final ConfigKey<Integer> STATES_MAX =
      new ConfigKey<>(
          "history.statesMax",
          ValueType.count(1, 10_000_000),
          "20000",
          "Commands whose states are kept for paged lists and reads of the past");
  static final ConfigKey<Long> STATE_BYTES_MAX =
      new ConfigKey<>(
          "quota.stateBytesMax",
          // A snapshot is one mapped file of at most 2 GiB, and the state may exceed its quota a
          // little.
          ValueType.size("64KiB", "1536MiB"),
          "128MiB",
          "Size of the state above which writes that grow it are refused; it must fit a snapshot");
  static final ConfigKey<Long> DISK_BYTES_MAX =
      new ConfigKey<>(
          "quota.diskBytesMax",
          ValueType.size("1MiB", "16384GiB"),
          "8GiB",
          "Bytes on this disk above which writes that grow the log are refused here");
  static final ConfigKey<Duration> CONSUMER_LAPSE =
      new ConfigKey<>(
          "consumer.lapse",
          ValueType.duration("1s", "8760h"),
          "1h",
          "Silence after which the log is not kept for a consumer's copy");
  static final ConfigKey<Long> SNAPSHOT_LOG_BYTES =
      new ConfigKey<>(
          "snapshot.logBytes",
          ValueType.size("64KiB", "64GiB"),
          "64MiB",
          "A snapshot is taken when this much log was applied since the last");
  static final ConfigKey<Long> LOG_KEEP_BYTES =
      new ConfigKey<>(
          "log.keepBytes",
          ValueType.size("0B", "1024GiB"),
          "16MiB",
          "Log kept below the snapshot, for watches that resume and peers that lag");
  static final ConfigKey<Long> LOG_MAX_BYTES =
      new ConfigKey<>(
          "log.maxBytes",
          ValueType.size("1MiB", "16384GiB"),
          "1GiB",
          "The most log kept for consumers and open watches that need it");
  static final ConfigKey<LogFormat> LOG_FORMAT =
      new ConfigKey<>(
          "log.format",
          ValueType.choice(LogFormat.class),
          "text",
          "Text for people, or a JSON object per line");
  static final ConfigKey<LogLevel> LOG_LEVEL =
      new ConfigKey<>(
          "log.level", ValueType.choice(LogLevel.class), "info", "Lowest level that is logged");

  private static final List<ConfigKey<?>> ALL =
      List.of(
          CLUSTER,
          NODE,
          PEERS,
          LEARNERS,
          DATA,
          PRIORITY,
          API_ADDRESS,
          API_PORT,
          PEER_ADDRESS,
          PEER_PORT,
          HTTP_ADDRESS,
          HTTP_PORT,
          HEARTBEAT_INTERVAL,
          ELECTION_TIMEOUT,
          RESEND_INTERVAL,
          DRAIN_TIMEOUT,
          COMMAND_BYTES_MAX,
          PENDING_MAX,
          PENDING_BYTES_MAX,
          READS_MAX,
          MAILBOX_MAX,
          MAILBOX_BYTES_MAX,
          WATCHES_MAX,
          HOLDS_MAX,
          TRACES_MAX,
          PAGES_MAX,
          CALLS_MAX,
          CONNECTIONS_MAX,
          KEEP_ALIVE_MIN,
          UNREAD_BYTES_MAX,
          BATCH_BYTES_MAX,
          WINDOW_SLOTS,
          WINDOW_BYTES_MAX,
          QUEUE_BYTES_MAX,
          PAGE_BYTES_MAX,
          RECENT_BYTES_MAX,
          TAIL_FILE_BYTES,
          STATES_MAX,
          STATE_BYTES_MAX,
          DISK_BYTES_MAX,
          CONSUMER_LAPSE,
          SNAPSHOT_LOG_BYTES,
          LOG_KEEP_BYTES,
          LOG_MAX_BYTES,
          LOG_FORMAT,
          LOG_LEVEL);

  private ConfigKeys() {}

  /** Every key, in the order of the table. */
  public static List<ConfigKey<?>> all() {
    return ALL;
  }

  /** The key with this name, or null. */
  static @Nullable ConfigKey<?> named(String name) {
    return ALL.stream().filter(key -> key.name().equals(name)).findFirst().orElse(null);
  }

  /**
   * A value type that also permits to derive the value from other keys, in {@link ConfigReader}.
   */
  private static <T> ValueType<T> auto(ValueType<T> valueType) {
    return new ValueType<>(valueType.label() + ", or auto", valueType.reader());
  }
}
