package io.synod.transport;

/**
 * What went to and came from one peer since this process began.
 *
 * @param connected whether the peer takes this node's messages now, on every connection
 * @param connections how often a connection to the peer was made and accepted
 * @param framesDropped frames the peer was not told: no connection, or no room in its budget
 * @param framesOversize frames the peer was not told because they exceed the largest allowed
 * @param framesMalformed frames from the peer that were no messages
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
