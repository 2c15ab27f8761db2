package io.synod.api.call;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.synod.paxos.value.Ballot;
import io.synod.runtime.node.AppliedLog;
import io.synod.runtime.node.Availability;
import io.synod.state.command.Entry;
import io.synod.state.encoding.Payload;
import io.synod.v1.EntryKind;
import io.synod.v1.Origin;
import io.synod.v1.QuorumInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Converts values of the core into messages of the client API. */
public final class CommonMessages {
  private CommonMessages() {}

  public static String node(int node) {
    return Integer.toString(node);
  }

  public static String session(long session) {
    return Long.toString(session);
  }

  /** Sixteen hexadecimal digits. */
  public static String hex(long value) {
    return HexFormat.of().toHexDigits(value);
  }

  /** Eight hexadecimal digits. */
  public static String hex(int value) {
    return HexFormat.of().toHexDigits(value);
  }

  public static io.synod.v1.Ballot ballot(Ballot ballot) {
    return io.synod.v1.Ballot.newBuilder()
        .setRound(ballot.round())
        .setPriority(ballot.priority())
        .setNodeId(node(ballot.node()))
        .setIncarnation(hex(ballot.incarnation()))
        .build();
  }

  public static Timestamp time(long epochMillis) {
    return Timestamps.fromMillis(epochMillis);
  }

  public static Duration duration(long nanos) {
    return Durations.fromNanos(nanos);
  }

  public static Origin origin(Entry entry) {
    return Origin.newBuilder()
        .setNodeId(node(entry.node()))
        .setSessionId(entry.session() == 0 ? "" : session(entry.session()))
        .setSequence(entry.sequence())
        .setRequestId(entry.requestId())
        .build();
  }

  public static io.synod.v1.Entry entry(AppliedLog.Item item) {
    Entry entry = item.entry();
    return io.synod.v1.Entry.newBuilder()
        .setIndex(item.index())
        .setSlot(item.slot())
        .setKind(kind(entry.kind()))
        .setCommand(UnsafeByteOperations.unsafeWrap(entry.payload().bytes()))
        .setContentType(entry.contentType())
        .setOrigin(origin(entry))
        .setLogTime(time(item.logTimeMillis()))
        .build();
  }

  private static EntryKind kind(Entry.Kind kind) {
    return switch (kind) {
      case COMMAND -> EntryKind.ENTRY_KIND_COMMAND;
      case OPEN_SESSION, OPEN_OWN_SESSION, CLOSE_SESSION, RENEW_SESSIONS, EXPIRE_SESSIONS ->
          EntryKind.ENTRY_KIND_SESSION;
      case KV, EXPIRE_KEYS -> EntryKind.ENTRY_KIND_KV;
      case HOLD, RELEASE -> EntryKind.ENTRY_KIND_LOCK;
      case ACKNOWLEDGE, STORE, DROP_CONSUMER -> EntryKind.ENTRY_KIND_CONSUMER;
      case RAISE_LEVEL -> EntryKind.ENTRY_KIND_LEVEL;
    };
  }

  /** The bytes as a payload. They are not copied if the parser made an array for them alone. */
  public static Payload payload(ByteString bytes) {
    if (bytes.isEmpty()) {
      return Payload.EMPTY;
    }
    Whole whole = new Whole();
    try {
      UnsafeByteOperations.unsafeWriteTo(bytes, whole);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    byte[] array = whole.array;
    boolean exact = array != null && whole.parts == 1 && array.length == bytes.size();
    return Payload.of(exact && array != null ? array : bytes.toByteArray());
  }

  /** Captures the array behind a {@code ByteString}, if the string is all of one array. */
  private static final class Whole extends ByteOutput {
    private byte @Nullable [] array;
    private int parts;

    @Override
    public void write(byte value) {
      parts += 2;
    }

    @Override
    public void write(byte[] value, int offset, int length) {
      parts += 2;
    }

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
      parts++;
      array = value;
    }

    @Override
    public void write(ByteBuffer value) {
      parts += 2;
    }

    @Override
    public void writeLazy(ByteBuffer value) {
      parts += 2;
    }
  }

  /** The voters that may vote. */
  public static QuorumInfo quorum(Availability.Votes votes) {
    QuorumInfo.Builder info =
        QuorumInfo.newBuilder()
            .setVoters(votes.count())
            .setReachable(votes.reachable())
            .setRequired(votes.required());
    votes.lost().forEach(lost -> info.addVotesLost(node(lost)));
    return info.build();
  }
}
