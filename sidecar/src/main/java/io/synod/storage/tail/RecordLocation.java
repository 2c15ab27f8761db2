package io.synod.storage.tail;

import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Vote;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.JournalException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The location of a record in the tail.
 *
 * @param commands how many commands it holds, if it is a proposal
 */
public record RecordLocation(TailFile file, long offset, TailRecord record, int commands) {

  static RecordLocation of(TailFile file, long offset, TailRecord record, Write write) {
    int commands = 0;
    if (write instanceof Write.Accepted accepted) {
      commands = accepted.proposal().batch().count();
    } else if (write instanceof Write.Learned learned) {
      commands = learned.proposal().batch().count();
    }
    return new RecordLocation(file, offset, record, commands);
  }

  /** The record as a vote, for queries about a slot. */
  public Vote vote() {
    return new Vote(
        record.ballot(),
        record.kind() == TailRecord.Kind.LEARNED,
        record.bodyCrc(),
        record.bodyBytes(),
        commands,
        record.timeMillis());
  }

  /**
   * Reads the proposal; if it is not intact, reads it again, bypassing the page cache where
   * possible.
   *
   * @throws JournalException if it is not intact
   * @throws IOException if the disk cannot read
   */
  public Proposal proposal() throws IOException {
    try {
      return read(file::read);
    } catch (JournalException damaged) {
      return read(file::readUncached);
    }
  }

  private Proposal read(TailFrame.Source source) throws IOException {
    ByteBuffer in = source.read(offset, TailRecord.HEADER_BYTES + record.bodyBytes());
    TailRecord found = TailRecord.decodeHeader(in, 0);
    if (found == null) {
      throw file.damaged(offset, "the header of a record for slot " + record.slot());
    }
    if (!found.equals(record)) {
      throw file.damaged(offset, "a record other than that of slot " + record.slot());
    }
    if (!found.bodyIsWhole(in, TailRecord.HEADER_BYTES)) {
      throw file.damaged(offset, "the body of a record for slot " + record.slot());
    }
    Write write = found.decodeBody(in, TailRecord.HEADER_BYTES);
    if (write instanceof Write.Accepted accepted) {
      return accepted.proposal();
    } else if (write instanceof Write.Learned learned) {
      return learned.proposal();
    }
    throw file.damaged(offset, "no proposal");
  }
}
