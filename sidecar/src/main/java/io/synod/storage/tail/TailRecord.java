package io.synod.storage.tail;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Origin;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.JournalException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The header of one record: a {@link Write} on the disk. The header's checksum covers the body's,
 * so a body cannot be taken for that of another slot or ballot.
 *
 * @param kind the type of the write
 * @param bodyBytes the length of the body after the header
 * @param cluster the cluster
 * @param slot the slot of a proposal, or the last applied slot; else 0
 * @param ballot the ballot of a proposal or a promise; else NONE
 * @param timeMillis when it was written, by the wall clock
 * @param bodyCrc CRC-32C of the body; for a proposal, of the encoded batch
 */
public record TailRecord(
    Kind kind,
    int bodyBytes,
    long cluster,
    long slot,
    Ballot ballot,
    long timeMillis,
    int bodyCrc) {

  /** The type of a record. The numbers are stored on disks: they never change. */
  enum Kind {
    PROMISED(0x53590001),
    ACCEPTED(0x53590002),
    LEARNED(0x53590003),
    APPLIED(0x53590004),
    AGREED(0x53590005),
    FORMED(0x53590006);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    private static @Nullable Kind of(int number) {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      return null;
    }
  }

  static final int HEADER_BYTES = 64;

  private static final int CRC_AT = HEADER_BYTES - Integer.BYTES;
  private static final int EFFECT_HEADER_BYTES = 12;
  private static final int VOTER_BYTES = 12;
  // In the place of a voter's node: a number of the origin.
  private static final int NO_NODE = 0;
  private static final int ORIGIN_NUMBERS = 3;

  /** The length of the body of {@code write}. */
  static int bodyBytes(Write write) {
    if (write instanceof Write.Accepted accepted) {
      return accepted.proposal().batch().size();
    } else if (write instanceof Write.Learned learned) {
      return learned.proposal().batch().size();
    } else if (write instanceof Write.Applied applied) {
      int bytes = 0;
      for (Write.Applied.Effect effect : applied.effects()) {
        bytes = Math.addExact(bytes, EFFECT_HEADER_BYTES + effect.bytes().size());
      }
      return bytes;
    } else if (write instanceof Write.Agreed agreed) {
      Formation formation = agreed.formation();
      return (formation.voters().size() + originNumbers(formation).length) * VOTER_BYTES;
    }
    return 0;
  }

  /** The origin as numbers after those of the voters; none if the disks were empty. */
  private static long[] originNumbers(Formation formation) {
    Origin origin = formation.origin();
    return origin.isEmpty()
        ? new long[0]
        : new long[] {origin.slot(), origin.digest(), origin.restore()};
  }

  /** Writes {@code write} at the position of {@code out}, header and body. */
  static TailRecord encode(Write write, long cluster, long timeMillis, ByteBuffer out) {
    int at = out.position();
    int bodyAt = at + HEADER_BYTES;
    out.position(bodyAt);
    Kind kind = Kind.FORMED;
    long slot = 0;
    Ballot ballot = Ballot.NONE;
    if (write instanceof Write.Promised promised) {
      kind = Kind.PROMISED;
      ballot = promised.ballot();
    } else if (write instanceof Write.Accepted accepted) {
      kind = Kind.ACCEPTED;
      slot = accepted.proposal().slot();
      ballot = accepted.proposal().ballot();
      out.put(accepted.proposal().batch().encoded());
    } else if (write instanceof Write.Learned learned) {
      kind = Kind.LEARNED;
      slot = learned.proposal().slot();
      ballot = learned.proposal().ballot();
      out.put(learned.proposal().batch().encoded());
    } else if (write instanceof Write.Applied applied) {
      kind = Kind.APPLIED;
      slot = applied.through();
      for (Write.Applied.Effect effect : applied.effects()) {
        out.putLong(effect.slot()).putInt(effect.bytes().size()).put(effect.bytes().array());
      }
    } else if (write instanceof Write.Agreed agreed) {
      kind = Kind.AGREED;
      agreed.formation().voters().forEach((node, disk) -> out.putInt(node).putLong(disk));
      for (long number : originNumbers(agreed.formation())) {
        out.putInt(NO_NODE).putLong(number);
      }
    }
    int bodyBytes = out.position() - bodyAt;
    int bodyCrc = crc(out, bodyAt, bodyBytes);
    TailRecord record = new TailRecord(kind, bodyBytes, cluster, slot, ballot, timeMillis, bodyCrc);
    record.encodeHeader(out, at);
    return record;
  }

  private void encodeHeader(ByteBuffer out, int at) {
    out.putInt(at, kind.number)
        .putInt(at + 4, bodyBytes)
        .putLong(at + 8, cluster)
        .putLong(at + 16, slot)
        .putLong(at + 24, ballot.round())
        .putInt(at + 32, ballot.priority())
        .putInt(at + 36, ballot.node())
        .putLong(at + 40, ballot.incarnation())
        .putLong(at + 48, timeMillis)
        .putInt(at + 56, bodyCrc)
        .putInt(at + CRC_AT, crc(out, at, CRC_AT));
  }

  /**
   * The header at {@code at}, or null if it is not intact; the body is not checked.
   *
   * @throws JournalException if it is intact, and of a kind that this version does not know
   */
  static @Nullable TailRecord decodeHeader(ByteBuffer in, int at) {
    if (in.limit() - at < HEADER_BYTES || in.getInt(at + CRC_AT) != crc(in, at, CRC_AT)) {
      return null;
    }
    Kind kind = Kind.of(in.getInt(at));
    int bodyBytes = in.getInt(at + 4);
    if (bodyBytes < 0) {
      return null;
    }
    if (kind == null) {
      throw new JournalException(
          "the log has a record of kind "
              + in.getInt(at)
              + ", which this version does not know: install the version that wrote it");
    }
    Ballot ballot =
        new Ballot(
            in.getLong(at + 24), in.getInt(at + 32), in.getInt(at + 36), in.getLong(at + 40));
    return new TailRecord(
        kind,
        bodyBytes,
        in.getLong(at + 8),
        in.getLong(at + 16),
        ballot,
        in.getLong(at + 48),
        in.getInt(at + 56));
  }

  /** Whether the body at {@code at} belongs to this header. */
  boolean bodyIsWhole(ByteBuffer in, int at) {
    return bodyBytes <= in.limit() - at && crc(in, at, bodyBytes) == bodyCrc;
  }

  /** Whether this is a proposal, voted for or learned. */
  boolean isProposal() {
    return kind == Kind.ACCEPTED || kind == Kind.LEARNED;
  }

  /**
   * Decodes an intact body.
   *
   * @throws IllegalArgumentException if the body is not of this kind
   */
  Write decodeBody(ByteBuffer in, int at) {
    ByteBuffer body = in.duplicate().limit(at + bodyBytes).position(at);
    return switch (kind) {
      case PROMISED -> new Write.Promised(ballot);
      case ACCEPTED -> new Write.Accepted(proposal(body));
      case LEARNED -> new Write.Learned(proposal(body));
      case APPLIED -> new Write.Applied(slot, effects(body));
      case AGREED -> new Write.Agreed(formation(body));
      case FORMED -> new Write.Formed();
    };
  }

  private Proposal proposal(ByteBuffer body) {
    byte[] encoded = new byte[bodyBytes];
    body.get(encoded);
    return new Proposal(slot, ballot, Batch.decode(encoded));
  }

  private static List<Write.Applied.Effect> effects(ByteBuffer body) {
    List<Write.Applied.Effect> effects = new ArrayList<>();
    while (body.hasRemaining()) {
      long slot = body.remaining() < EFFECT_HEADER_BYTES ? 0 : body.getLong();
      int length = slot == 0 ? -1 : body.getInt();
      if (length < 0 || length > body.remaining()) {
        throw new IllegalArgumentException("the effects of a slot are truncated");
      }
      byte[] bytes = new byte[length];
      body.get(bytes);
      effects.add(new Write.Applied.Effect(slot, Bytes.of(bytes)));
    }
    return effects;
  }

  private static Formation formation(ByteBuffer body) {
    Map<Integer, Long> voters = new HashMap<>();
    List<Long> origin = new ArrayList<>();
    while (body.remaining() >= VOTER_BYTES) {
      int node = body.getInt();
      if (node == NO_NODE) {
        origin.add(body.getLong());
      } else {
        voters.put(node, body.getLong());
      }
    }
    if (!origin.isEmpty() && origin.size() != ORIGIN_NUMBERS) {
      throw new IllegalArgumentException("the origin of a formation is truncated");
    }
    return origin.isEmpty()
        ? new Formation(voters)
        : new Formation(voters, new Origin(origin.get(0), origin.get(1), origin.get(2)));
  }

  /** CRC-32C of a part of {@code buffer}. */
  public static int crc(ByteBuffer buffer, int at, int bytes) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.duplicate().limit(at + bytes).position(at));
    return (int) crc.getValue();
  }
}
