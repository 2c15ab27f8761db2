package io.synod.config;

import java.time.Duration;
import java.util.SortedMap;

/**
 * Everything one sidecar is told, checked.
 *
 * @param cluster its name
 * @param node this node's number
 * @param voters every voter and where its peers reach it
 * @param learners every other node, likewise
 * @param data directory of the log
 * @param priority preference as leader
 * @param api where applications call
 * @param peer where peers call; its host may be {@code *}
 * @param http where metrics, health and status are read
 * @param times how long things take
 * @param limits how much callers may ask for
 * @param sizes how the log is cut
 * @param keeping how much of the past and of the state is kept
 * @param snapshots when one is taken, and what it lets go
 * @param logFormat how a log line looks
 * @param logLevel how much is told
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

  /** How long things take. */
  public record Times(Duration heartbeat, Duration election, Duration resend, Duration drain) {}

  /** How much callers may ask for; the words are those of the keys. */
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

  /** How the log is cut; the words are those of the keys. */
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
