package io.synod.storage.sealed;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Vote;
import io.synod.runtime.port.ChosenSlot;
import io.synod.storage.tail.TailRecord;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The encoding of a sealed slot: a checksum over all the rest, then cluster, length, slot, ballot,
 * index of the first command, effects, votes, batch.
 */
final class SegmentRecord {
  private static final int BALLOT_BYTES = 24;
  private static final int VOTE_BYTES = BALLOT_BYTES + 1 + 4 + 4 + 4 + 8;
  private static final int HEADER_BYTES = 4 + 8 + 4 + 8 + BALLOT_BYTES + 8 + 4 + 4;
  private static final int LENGTH_AT = 12;

  private SegmentRecord() {}

  static byte[] encode(long cluster, SegmentStore.Sealed sealed) {
    ChosenSlot slot = sealed.slot();
    Batch batch = slot.proposal().batch();
    int length =
        HEADER_BYTES + slot.effects().size() + sealed.votes().size() * VOTE_BYTES + batch.size();
    ByteBuffer out = ByteBuffer.allocate(length);
    out.putInt(0).putLong(cluster).putInt(length).putLong(slot.proposal().slot());
    put(out, slot.proposal().ballot());
    out.putLong(slot.firstIndex()).putInt(slot.effects().size()).putInt(sealed.votes().size());
    out.put(slot.effects().array());
    for (Vote vote : sealed.votes()) {
      put(out, vote.ballot());
      out.put((byte) (vote.learned() ? 1 : 0))
          .putInt(vote.batchDigest())
          .putInt(vote.batchBytes())
          .putInt(vote.commands())
          .putLong(vote.timeMillis());
    }
    out.put(batch.encoded());
    out.putInt(0, TailRecord.crc(out, Integer.BYTES, length - Integer.BYTES));
    return out.array();
  }

  /** The length of the record that begins with these bytes; -1 if none does. */
  static int length(byte[] first) {
    return first.length < HEADER_BYTES ? -1 : ByteBuffer.wrap(first).getInt(LENGTH_AT);
  }

  /** The slot, or null if these bytes are not the record of that slot. */
  static SegmentStore.@Nullable Sealed decode(long cluster, long slot, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int length = bytes.length - Integer.BYTES;
    if (bytes.length < HEADER_BYTES
        || in.getInt() != TailRecord.crc(in, Integer.BYTES, length)
        || in.getLong() != cluster
        || in.getInt() != bytes.length
        || in.getLong() != slot) {
      return null;
    }
    try {
      return decode(slot, in);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return null;
    }
  }

  private static SegmentStore.Sealed decode(long slot, ByteBuffer in) {
    Ballot ballot = ballot(in);
    long firstIndex = in.getLong();
    int effectBytes = in.getInt();
    int votes = in.getInt();
    if (effectBytes < 0 || effectBytes > in.remaining()) {
      throw new IllegalArgumentException("the effects of a slot are truncated");
    }
    byte[] effects = new byte[effectBytes];
    in.get(effects);
    List<Vote> held = new ArrayList<>();
    for (int i = 0; i < votes; i++) {
      held.add(
          new Vote(ballot(in), in.get() == 1, in.getInt(), in.getInt(), in.getInt(), in.getLong()));
    }
    byte[] encoded = new byte[in.remaining()];
    in.get(encoded);
    Proposal proposal = new Proposal(slot, ballot, Batch.decode(encoded));
    return new SegmentStore.Sealed(
        new ChosenSlot(proposal, firstIndex, Bytes.of(effects)), List.copyOf(held));
  }

  private static void put(ByteBuffer out, Ballot ballot) {
    out.putLong(ballot.round())
        .putInt(ballot.priority())
        .putInt(ballot.node())
        .putLong(ballot.incarnation());
  }

  private static Ballot ballot(ByteBuffer in) {
    return new Ballot(in.getLong(), in.getInt(), in.getInt(), in.getLong());
  }
}
