package io.synod.transport;

/**
 * The traffic with one peer since this process began.
 *
 * @param connected whether the peer accepts this node's messages now, on every connection
 * @param connections how often a connection to the peer was made and accepted
 * @param framesDropped frames that were not sent: no connection, or its queue was full
 * @param framesOversize frames that were not sent because they exceed the largest size
 * @param framesMalformed frames from the peer that could not be read
 */
public record PeerTraffic(
    boolean connected,
    long connections,
    long framesOut,
    long bytesOut,
    long framesIn,
    long bytesIn,
    long framesDropped,
    long framesOversize,
    long framesMalformed) {}
