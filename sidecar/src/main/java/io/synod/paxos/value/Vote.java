package io.synod.paxos.value;

/**
 * A durable record of an acceptor about a slot: its vote, or a chosen value that it learned.
 *
 * @param ballot the ballot it voted for, or at which it learned the value
 * @param learned true if it learned the chosen value instead of voting for it
 * @param batchDigest CRC-32C of the encoded batch
 * @param batchBytes length of the encoded batch
 * @param commands how many commands the batch holds
 * @param timeMillis when the record was written, by that node's wall clock; for display only
 */
public record Vote(
    Ballot ballot,
    boolean learned,
    int batchDigest,
    int batchBytes,
    int commands,
    long timeMillis) {}
