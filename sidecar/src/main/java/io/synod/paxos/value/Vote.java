package io.synod.paxos.value;

/**
 * One durable record of an acceptor about a slot.
 *
 * @param ballot the ballot it voted for, or under which it learned
 * @param learned true if it was told the chosen value instead of voting for it
 * @param batchDigest CRC-32C of the encoded batch
 * @param batchBytes length of the encoded batch
 * @param commands how many commands the batch holds
 * @param timeMillis when the record was written, by that node's wall clock; it decides nothing
 */
public record Vote(
    Ballot ballot,
    boolean learned,
    int batchDigest,
    int batchBytes,
    int commands,
    long timeMillis) {}
