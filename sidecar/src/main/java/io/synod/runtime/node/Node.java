package io.synod.runtime.node;

/**
 * One running replica, as the services on localhost see it: an interface for each use. Any thread
 * may call any method of its parts. Their futures always complete normally, on a thread of the
 * node, at the latest shortly after the given time-out; failures are results.
 *
 * @param proposer proposes commands
 * @param reads the replicated state
 * @param appliedLog the applied log, for reading and watching
 * @param sessionKeepAlive keeps sessions alive for callers here
 * @param lockHolds holds locks for callers here
 * @param consumers the copies of consumers here
 * @param inspection status, events and votes
 * @param maintenance operations for operators
 */
public record Node(
    Proposer proposer,
    StateReads reads,
    AppliedLog appliedLog,
    SessionKeepAlive sessionKeepAlive,
    LockHolds lockHolds,
    ConsumerCopies consumers,
    Inspection inspection,
    Maintenance maintenance) {}
