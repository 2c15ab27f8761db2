package io.synod.storage.tail;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.SnapshotMark;
import io.synod.paxos.value.Write;
import io.synod.runtime.port.Clock;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.port.StreamWriter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Sample values for tests of storage. */
public final class SampleWrites {
  public static final DiskIdentity IDENTITY = new DiskIdentity(0x5EEDL, 1, 77);
  public static final Formation FORMATION = new Formation(Map.of(1, 77L, 2, 88L, 3, 99L));

  private SampleWrites() {}

  public static Ballot ballot(long round) {
    return new Ballot(round, 0, (int) (round % 3) + 1, 70 + round % 3);
  }

  /** A batch that is unique for its slot and ballot round. */
  public static Batch batch(long slot, long round, int commands, int bytes) {
    Random random = new Random(slot * 31 + round);
    List<Command> list = new ArrayList<>();
    for (int i = 0; i < commands; i++) {
      byte[] content = new byte[bytes];
      random.nextBytes(content);
      list.add(Command.of(content));
    }
    return Batch.of(slot * 1000, list);
  }

  public static Proposal proposal(long slot, long round, int commands, int bytes) {
    return new Proposal(slot, ballot(round), batch(slot, round, commands, bytes));
  }

  public static Write.Accepted accepted(long slot, long round) {
    return new Write.Accepted(proposal(slot, round, 2, 100));
  }

  public static Write.Accepted accepted(long slot, long round, int bytes) {
    return new Write.Accepted(proposal(slot, round, 1, bytes));
  }

  public static Write.Applied applied(long through) {
    return new Write.Applied(through, List.of());
  }

  /** A sample effect of applying this slot. */
  public static Write.Applied.Effect effect(long slot) {
    byte[] bytes = new byte[1 + (int) (slot % 50)];
    new Random(slot).nextBytes(bytes);
    return new Write.Applied.Effect(slot, Bytes.of(bytes));
  }

  /** A sample mark of a snapshot. */
  public static SnapshotMark mark(long slot, long index) {
    return new SnapshotMark(slot, index, slot * 1000, slot * 31);
  }

  /** Sample bytes of a snapshot. */
  public static byte[] content(long seed, int bytes) {
    byte[] content = new byte[bytes];
    new Random(seed).nextBytes(content);
    return content;
  }

  /** Stages and seals a snapshot. */
  public static void snapshot(Journal journal, SnapshotMark mark, int bytes) {
    try (StreamWriter streamWriter = journal.stage(mark)) {
      byte[] content = content(mark.slot(), bytes);
      for (int at = 0; at < bytes; at += 70_001) {
        streamWriter.append(Arrays.copyOfRange(content, at, Math.min(bytes, at + 70_001)));
      }
      streamWriter.seal();
    }
  }

  /** All bytes of a stream. */
  public static byte[] all(StreamReader streamReader) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < streamReader.bytes()) {
      all.writeBytes(streamReader.read(all.size(), 10_007));
    }
    return all.toByteArray();
  }

  /** A clock that stands still. */
  public static Clock clock() {
    return new Clock() {
      @Override
      public long nanos() {
        return 0;
      }

      @Override
      public long wallMillis() {
        return 1_700_000_000_000L;
      }
    };
  }
}
