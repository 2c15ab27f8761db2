package io.synod.metrics;

import io.prometheus.client.Collector;

/** A number that another room keeps and that is read when somebody scrapes. */
public enum MetricSource {
  /** Open watches. */
  WATCHES_OPEN("synod_watches_open", false, "Watches open now."),
  /** What callers have not taken of their answers. */
  UNREAD_BYTES("synod_api_unread_bytes", false, "Bytes of answers that callers have not taken."),
  /** Inputs that wait for the loop. */
  MAILBOX_INPUTS("synod_mailbox_inputs", false, "Inputs that wait for the loop."),
  /** What the messages among them hold. */
  MAILBOX_BYTES("synod_mailbox_bytes", false, "Bytes of the messages that wait for the loop."),
  /** Inputs that found no room there. */
  MAILBOX_DROPPED(
      "synod_mailbox_dropped", true, "Messages of peers dropped because too much waits here."),
  /** Streams refused: of another cluster, or of no peer. */
  STREAMS_REFUSED(
      "synod_streams_refused", true, "Streams refused: of another cluster, or of no known peer."),
  /** Connections of applications. */
  API_CONNECTIONS("synod_api_connections", false, "Connections of applications open now."),
  /** How many there may be. */
  API_CONNECTIONS_MAX(
      "synod_api_connections_max", false, "Connections of applications that may be open."),
  /** Those beyond. */
  API_CONNECTIONS_REFUSED(
      "synod_api_connections_refused", true, "Connections of applications refused: too many."),
  /** Messages of applications that were not read. */
  API_MESSAGES_OVERSIZE(
      "synod_api_messages_oversize", true, "Messages of applications too large to be read."),
  /** Connections of peers that were too many. */
  PEER_CONNECTIONS_REFUSED(
      "synod_peer_connections_refused", true, "Connections to the peers' port refused: too many."),
  /** Connections of those who watch that were too many. */
  HTTP_CONNECTIONS_EVICTED(
      "synod_http_connections_evicted",
      true,
      "Silent connections to the HTTP port closed because there were too many."),
  /** Space left for the data directory. */
  DISK_AVAILABLE_BYTES(
      "synod_disk_available_bytes", false, "Bytes left on the file system of the data directory.");

  private final String family;
  private final boolean counter;
  private final String help;

  MetricSource(String family, boolean counter, String help) {
    this.family = family;
    this.counter = counter;
    this.help = help;
  }

  String family() {
    return family;
  }

  String sample() {
    return counter ? family + "_total" : family;
  }

  Collector.Type type() {
    return counter ? Collector.Type.COUNTER : Collector.Type.GAUGE;
  }

  String help() {
    return help;
  }
}
