package io.synod.metrics;

/** A metric per peer of another package, read at each scrape. */
public enum PeerMetricSource implements MetricSpec {
  /** Bytes of frames sent. */
  SENT_BYTES("synod_peer_sent_bytes", true, "Bytes of frames sent to a peer."),
  /** Bytes of frames received. */
  RECEIVED_BYTES("synod_peer_received_bytes", true, "Bytes of frames received from a peer."),
  /** Connections made. */
  CONNECTIONS("synod_peer_connections", true, "Connections made to and accepted from a peer."),
  /** Frames dropped because the peer was slow or disconnected. */
  FRAMES_DROPPED(
      "synod_peer_frames_dropped",
      true,
      "Frames dropped: the peer was disconnected or its queue was full."),
  /** Frames not sent because of their size. */
  FRAMES_OVERSIZE("synod_peer_frames_oversize", true, "Frames dropped: larger than peers accept."),
  /** Frames from the peer that could not be read. */
  FRAMES_MALFORMED(
      "synod_peer_frames_malformed", true, "Frames from a peer that could not be read.");

  private final String family;
  private final boolean counter;
  private final String help;

  PeerMetricSource(String family, boolean counter, String help) {
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
