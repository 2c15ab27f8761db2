package io.synod.metrics;

import io.prometheus.client.Collector;

/** A number per peer that another room keeps and that is read when somebody scrapes. */
public enum PeerReading {
  /** Bytes of frames sent. */
  SENT_BYTES("synod_peer_sent_bytes", true, "Bytes of frames sent to a peer."),
  /** Bytes of frames received. */
  RECEIVED_BYTES("synod_peer_received_bytes", true, "Bytes of frames received from a peer."),
  /** Messages dropped because the peer was slow or away. */
  DROPPED(
      "synod_peer_dropped_messages", true, "Messages dropped: the peer was away or had no room."),
  /** Bytes of frames that wait to be sent. */
  QUEUED_BYTES("synod_peer_queued_bytes", false, "Bytes of frames that wait for a peer.");

  private final String family;
  private final boolean counter;
  private final String help;

  PeerReading(String family, boolean counter, String help) {
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
