package io.synod.config;

import java.time.Duration;
import java.util.SortedMap;

/**
 * The validated configuration of one sidecar.
 *
 * @param cluster its name
 * @param node this node's number
 * @param voters every voter and the address for its peers
 * @param learners every other node, likewise
 * @param data directory of the log
 * @param priority leader priority
 * @param api address of the client services
 * @param peer address for peers; its host may be {@code *}
 * @param http address of metrics, health and status
 * @param times intervals and time-outs
 * @param limits limits of callers and connections
 * @param sizes sizes of the log's parts and of queues
 * @param keeping how much of the past and of the state is kept
 * @param snapshots when a snapshot is taken, and how much log is kept
 * @param logFormat format of log lines
 * @param logLevel lowest level that is logged
 */
public record Config(
    String cluster,
    int node,
    SortedMap<Integer, Address> voters,
    SortedMap<Integer, Address> learners,
    String data,
    int priority,
    Address api,
    Address peer,
    Address http,
    Times times,
    Limits limits,
    Sizes sizes,
    Keeping keeping,
    Snapshots snapshots,
    LogFormat logFormat,
    LogLevel logLevel) {

  /** Intervals and time-outs. */
  public record Times(Duration heartbeat, Duration election, Duration resend, Duration drain) {}

  /** Limits of callers and connections; the names are those of the keys. */
  public record Limits(
      int commandBytesMax,
      int pendingMax,
      long pendingBytesMax,
      int readsMax,
      int mailboxMax,
      long mailboxBytesMax,
      int watchesMax,
      int holdsMax,
      int tracesMax,
      int pagesMax,
      int callsPerConnectionMax,
      int connectionsMax,
      Duration keepAliveMin,
      long unreadBytesMax) {}

  /** Sizes of the log's parts and of queues; the names are those of the keys. */
  public record Sizes(
      int batchBytesMax,
      int windowSlots,
      long windowBytesMax,
      long queueBytesMax,
      int pageBytesMax,
      long recentBytesMax,
      long tailFileBytes) {}

  /** How much of the past and of the state is kept. */
  public record Keeping(
      int statesMax, long stateBytesMax, long diskBytesMax, Duration consumerLapse) {}

  /** When a snapshot is taken, and how much log is kept below it. */
  public record Snapshots(long logBytes, long keepBytes, long maxBytes) {}
}
