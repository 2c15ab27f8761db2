package io.synod.metrics;

/** A metric of another package, read at each scrape. */
public enum MetricSource implements MetricSpec {
  /** Open watches. */
  WATCHES_OPEN("synod_watches_open", false, "Watches open now."),
  /** The size of the responses that clients have not read. */
  UNREAD_BYTES("synod_api_unread_bytes", false, "Bytes of responses that clients have not read."),
  /** Inputs that wait for the loop. */
  MAILBOX_INPUTS("synod_mailbox_inputs", false, "Inputs that wait for the loop."),
  /** The size of the messages that wait for the loop. */
  MAILBOX_BYTES("synod_mailbox_bytes", false, "Bytes of the messages that wait for the loop."),
  /** Messages of peers dropped because the mailbox was full. */
  MAILBOX_DROPPED(
      "synod_mailbox_dropped", true, "Messages of peers dropped because the mailbox was full."),
  /** Streams refused: of another cluster, or of no peer. */
  STREAMS_REFUSED(
      "synod_streams_refused", true, "Streams refused: of another cluster, or of no known peer."),
  /** Connections of applications. */
  API_CONNECTIONS("synod_api_connections", false, "Connections of applications open now."),
  /** The limit of connections of applications. */
  API_CONNECTIONS_MAX(
      "synod_api_connections_max", false, "Limit of open connections of applications."),
  /** Connections of applications refused above the limit. */
  API_CONNECTIONS_REFUSED(
      "synod_api_connections_refused",
      true,
      "Connections of applications refused above the limit."),
  /** Messages of applications that were too large to be read. */
  API_MESSAGES_OVERSIZE(
      "synod_api_messages_oversize", true, "Messages of applications too large to be read."),
  /** Connections to the peers' port refused above the limit. */
  PEER_CONNECTIONS_REFUSED(
      "synod_peer_connections_refused",
      true,
      "Connections to the peers' port refused above the limit."),
  /** Connections to the HTTP port closed because there were too many. */
  HTTP_CONNECTIONS_EVICTED(
      "synod_http_connections_evicted",
      true,
      "Idle connections to the HTTP port closed because there were too many."),
  /** The space left for the data directory. */
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

  @Override
  public String family() {
    return family;
  }

  @Override
  public boolean isCounter() {
    return counter;
  }

  @Override
  public String help() {
    return help;
  }
}
