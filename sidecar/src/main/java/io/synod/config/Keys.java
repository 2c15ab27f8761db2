package io.synod.config;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The table of everything that can be configured. */
public final class Keys {
  static final Key<String> CLUSTER =
      new Key<>(
          "cluster", Kind.name(), "synod", "Name of the cluster; peers of another are refused");
  static final Key<Integer> NODE =
      new Key<>("node", Kind.node(), null, "This node's number; of pod synod-0 it is 1");
  static final Key<SortedMap<Integer, Address>> PEERS =
      new Key<>(
          "peers", Kind.members(), null, "Every voter and where the others reach it, this one too");
  static final Key<SortedMap<Integer, Address>> LEARNERS =
      new Key<>("learners", Kind.members(), "", "Nodes that learn and forward but do not vote");
  static final Key<String> DATA =
      new Key<>("data", Kind.path(), null, "Directory of the log; one process at a time");
  static final Key<Integer> PRIORITY =
      new Key<>("priority", Kind.count(0, 1000), "0", "Preferred as leader among equals if higher");

  static final Key<String> API_ADDRESS =
      new Key<>("api.address", Kind.host(), "127.0.0.1", "Where applications call; keep it local");
  static final Key<Integer> API_PORT =
      new Key<>("api.port", Kind.count(0, 65_535), "7401", "Its port; 0 takes a free one");
  static final Key<String> PEER_ADDRESS =
      new Key<>(
          "peer.address",
          auto(Kind.host()),
          Key.AUTO,
          "Where peers call; auto: * unless peers names this node by a loopback address");
  static final Key<Integer> PEER_PORT =
      new Key<>(
          "peer.port",
          auto(Kind.count(1, 65_535)),
          Key.AUTO,
          "Its port; auto: the one that peers or learners gives this node");
  static final Key<String> HTTP_ADDRESS =
      new Key<>(
          "http.address", Kind.host(), "127.0.0.1", "Where metrics, health and status are read");
  static final Key<Integer> HTTP_PORT =
      new Key<>("http.port", Kind.count(0, 65_535), "7403", "Its port; 0 takes a free one");

  static final Key<Duration> HEARTBEAT_INTERVAL =
      new Key<>(
          "heartbeat.interval",
          Kind.duration("5ms", "10s"),
          "100ms",
          "How often nodes greet each other");
  static final Key<Duration> ELECTION_TIMEOUT =
      new Key<>(
          "election.timeout",
          Kind.duration("50ms", "60s"),
          "1s",
          "Silence that means absence; at least 3 heartbeats");
  static final Key<Duration> RESEND_INTERVAL =
      new Key<>(
          "resend.interval",
          Kind.duration("10ms", "60s"),
          "300ms",
          "An unanswered message is said again");
  static final Key<Duration> DRAIN_TIMEOUT =
      new Key<>(
          "drain.timeout",
          Kind.duration("0s", "10m"),
          "5s",
          "How long a stop may take to hand over and finish calls");

  static final Key<Long> COMMAND_BYTES_MAX =
      new Key<>("limits.commandBytesMax", Kind.size("1B", "16MiB"), "1MiB", "The largest command");
  static final Key<Integer> PENDING_MAX =
      new Key<>(
          "limits.pendingMax", Kind.count(1, 10_000_000), "8192", "Proposals that may wait here");
  static final Key<Long> PENDING_BYTES_MAX =
      new Key<>("limits.pendingBytesMax", Kind.size("1KiB", "16GiB"), "64MiB", "Their bytes");
  static final Key<Integer> READS_MAX =
      new Key<>("limits.readsMax", Kind.count(1, 10_000_000), "65536", "Reads that may wait here");
  static final Key<Integer> MAILBOX_MAX =
      new Key<>(
          "limits.mailboxMax",
          Kind.count(64, 10_000_000),
          "65536",
          "Inputs that may wait for the core; peers' messages beyond are dropped");
  static final Key<Long> MAILBOX_BYTES_MAX =
      new Key<>(
          "limits.mailboxBytesMax",
          Kind.size("1MiB", "16GiB"),
          "64MiB",
          "Their bytes; small messages, as heartbeats, always fit");
  static final Key<Integer> WATCHES_MAX =
      new Key<>("limits.watchesMax", Kind.count(1, 1_000_000), "1024", "Watches open at once");
  static final Key<Integer> HOLDS_MAX =
      new Key<>(
          "limits.holdsMax",
          Kind.count(1, 1_000_000),
          "1024",
          "Locks held or waited for at once; watches do not take from them");
  static final Key<Integer> TRACES_MAX =
      new Key<>("limits.tracesMax", Kind.count(1, 10_000), "16", "Trace streams open at once");
  static final Key<Integer> PAGES_MAX =
      new Key<>("limits.pagesMax", Kind.count(1, 1_000_000), "1024", "Reads at the disk at once");
  static final Key<Integer> CALLS_MAX =
      new Key<>(
          "limits.callsPerConnectionMax",
          Kind.count(1, 1_000_000),
          "10000",
          "Calls open on a connection; a client holds further ones back");
  static final Key<Integer> CONNECTIONS_MAX =
      new Key<>(
          "limits.connectionsMax",
          Kind.count(1, 1_000_000),
          "1024",
          "Connections of applications; fewer if this process may not have so many open files");
  static final Key<Duration> KEEP_ALIVE_MIN =
      new Key<>(
          "limits.keepAliveMin",
          Kind.duration("1s", "1h"),
          "5s",
          "A connection that is pinged more often is ended, with too_many_pings");
  static final Key<Long> UNREAD_BYTES_MAX =
      new Key<>(
          "limits.unreadBytesMax",
          Kind.size("1MiB", "16GiB"),
          "64MiB",
          "Bytes of answers that callers have not taken; beyond them calls are refused");

  static final Key<Long> BATCH_BYTES_MAX =
      new Key<>(
          "batch.bytesMax", Kind.size("1KiB", "16MiB"), "1MiB", "The largest batch in a slot");
  static final Key<Integer> WINDOW_SLOTS =
      new Key<>(
          "window.slots",
          Kind.count(1, 4096),
          "64",
          "Slots a leader proposes beyond its chosen prefix");
  static final Key<Long> WINDOW_BYTES_MAX =
      new Key<>(
          "window.bytesMax",
          Kind.size("1KiB", "1GiB"),
          "16MiB",
          "Bytes it has there before it waits");
  static final Key<Long> QUEUE_BYTES_MAX =
      new Key<>("queue.bytesMax", Kind.size("1KiB", "4GiB"), "64MiB", "Bytes that wait for a slot");
  static final Key<Long> PAGE_BYTES_MAX =
      new Key<>(
          "page.bytesMax", Kind.size("1KiB", "2MiB"), "1MiB", "The largest page told to a peer");
  static final Key<Long> RECENT_BYTES_MAX =
      new Key<>(
          "recent.bytesMax", Kind.size("64KiB", "4GiB"), "32MiB", "Chosen slots kept in memory");

  static final Key<Long> TAIL_FILE_BYTES =
      new Key<>(
          "storage.tailFileBytes",
          Kind.size("64KiB", "1GiB"),
          "16MiB",
          "Length of one file of the log's tail; it keeps about three");
  static final Key<Integer> STATES_MAX =
      new Key<>(
          "history.statesMax",
          Kind.count(1, 10_000_000),
          "20000",
          "Commands whose states are kept for lists under way and reads of the past");
  static final Key<Long> STATE_BYTES_MAX =
      new Key<>(
          "quota.stateBytesMax",
          // A snapshot is one mapped file of at most 2 GiB, and the state goes on growing a little.
          Kind.size("64KiB", "1536MiB"),
          "128MiB",
          "Size of the state, which must fit a snapshot, from which writes that add are refused");
  static final Key<Long> DISK_BYTES_MAX =
      new Key<>(
          "quota.diskBytesMax",
          Kind.size("1MiB", "16384GiB"),
          "8GiB",
          "Bytes on this disk from which writes that add are refused here");
  static final Key<Duration> CONSUMER_LAPSE =
      new Key<>(
          "consumer.lapse",
          Kind.duration("1s", "8760h"),
          "1h",
          "After such a silence the log is not kept for a consumer's copy");
  static final Key<Long> SNAPSHOT_LOG_BYTES =
      new Key<>(
          "snapshot.logBytes",
          Kind.size("64KiB", "64GiB"),
          "64MiB",
          "A snapshot is taken once so much log was applied since the last");
  static final Key<Long> LOG_KEEP_BYTES =
      new Key<>(
          "log.keepBytes",
          Kind.size("0B", "1024GiB"),
          "16MiB",
          "So much log below the snapshot stays, for watches that come back and late peers");
  static final Key<Long> LOG_MAX_BYTES =
      new Key<>(
          "log.maxBytes",
          Kind.size("1MiB", "16384GiB"),
          "1GiB",
          "No more log than this stays for consumers and open watches that need it");
  static final Key<LogFormat> LOG_FORMAT =
      new Key<>(
          "log.format",
          Kind.choice(LogFormat.class),
          "text",
          "For people, or a JSON object a line");
  static final Key<LogLevel> LOG_LEVEL =
      new Key<>("log.level", Kind.choice(LogLevel.class), "info", "How much to tell");

  private static final List<Key<?>> ALL =
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

  private Keys() {}

  /** Every key, in the order of the table. */
  public static List<Key<?>> all() {
    return ALL;
  }

  /** The key with this name, or null. */
  static @Nullable Key<?> named(String name) {
    return ALL.stream().filter(key -> key.name().equals(name)).findFirst().orElse(null);
  }

  /** A value that may also be left to other keys; those are read by {@link Config}. */
  private static <T> Kind<T> auto(Kind<T> kind) {
    return new Kind<>(kind.label() + ", or auto", kind.reader());
  }
}
