package io.synod.runtime.node;

/**
 * One running replica, as the services on localhost see it, by what it is used for. Any thread may
 * call any method of its parts; futures complete normally, on a thread of the node's own, always,
 * and at the latest shortly after the time given: what went wrong is in the answer.
 *
 * @param proposer proposes commands
 * @param reads the replicated state
 * @param appliedLog the applied log, for reading and watching
 * @param sessionKeepAlive keeps sessions for callers here
 * @param lockHolds holds locks for callers here
 * @param consumers what the copies of consumers here say and hand over
 * @param inspection what the node knows of itself
 * @param maintenance what operators ask for
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
