package io.synod.storage.sealed;

import io.synod.paxos.value.Check;
import io.synod.runtime.port.JournalException;
import io.synod.storage.tail.TailRecord;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * One immutable file of sealed slots: a MapDB table from (slot, chunk) to bytes, with a footer. It
 * is mapped while it is read, and some time after. Any thread may read it.
 */
final class Segment {
  private static final long FOOTER_KEY = Long.MAX_VALUE;
  private static final long FOOTER_MAGIC = 0x53594E5345473031L;
  private static final int DIGEST_BYTES = 32;
  private static final int FOOTER_BYTES = 4 + 8 + 8 + 8 + 8 + 8 + 8 + DIGEST_BYTES;
  private static final int CHUNK_BITS = 16;

  private final Path path;
  private final long cluster;
  private final Footer footer;
  private final long bytes;

  /**
   * The footer of a segment.
   *
   * @param digest SHA-256 of all records in order, in hexadecimal digits
   */
  record Footer(
      long cluster, long first, long last, long firstIndex, long nextIndex, String digest) {

    /** Whether the segment with this footer continues this one. */
    boolean isFollowedBy(Footer next) {
      return next.first == last + 1 && next.firstIndex == nextIndex;
    }
  }

  private Segment(Path path, SealedTable table, long cluster) {
    this.path = path;
    this.cluster = cluster;
    this.footer = footer(table);
    this.bytes = table.bytes();
  }

  /**
   * Opens a sealed segment.
   *
   * @throws JournalException if it is damaged
   */
  static Segment open(Path path, long cluster) {
    SealedTable table = map(path);
    try {
      return new Segment(path, table, cluster);
    } finally {
      table.release();
    }
  }

  private static SealedTable map(Path path) {
    return SealedTable.open(path, Segment::named);
  }

  /** Maps it once more; the caller must release the table. */
  SealedTable map() {
    return map(path);
  }

  private static String named(long key) {
    return "slot " + (key == FOOTER_KEY ? "table" : key >>> CHUNK_BITS);
  }

  /** Writes a segment in one pass; durable only after a sync of the file and of its directory. */
  static Footer write(Path path, long cluster, List<SegmentStore.Sealed> slots) {
    try (SealedTable.Writer sink = new SealedTable.Writer(path)) {
      MessageDigest digest = sha256();
      long first = 0;
      long last = 0;
      long firstIndex = 0;
      long nextIndex = 0;
      for (SegmentStore.Sealed sealed : slots) {
        long slot = sealed.slot().proposal().slot();
        Check.that(last == 0 || slot == last + 1, "sealed slots are consecutive", last, slot);
        if (first == 0) {
          first = slot;
          firstIndex = sealed.slot().firstIndex();
        }
        last = slot;
        nextIndex = sealed.slot().firstIndex() + sealed.slot().proposal().batch().count();
        byte[] record = SegmentRecord.encode(cluster, sealed);
        digest.update(record);
        put(sink, slot, record);
      }
      String hex = HexFormat.of().formatHex(digest.digest());
      Footer footer = new Footer(cluster, first, last, firstIndex, nextIndex, hex);
      sink.put(FOOTER_KEY, encode(footer));
      sink.finish();
      return footer;
    }
  }

  private static void put(SealedTable.Writer sink, long slot, byte[] record) {
    int chunk = 0;
    for (int at = 0; at < record.length; at += SealedTable.VALUE_BYTES_MAX) {
      int end = Math.min(record.length, at + SealedTable.VALUE_BYTES_MAX);
      sink.put(key(slot, chunk), Arrays.copyOfRange(record, at, end));
      chunk++;
    }
  }

  private static long key(long slot, int chunk) {
    Check.that(chunk < 1 << CHUNK_BITS, "a record has few enough chunks", chunk, slot);
    return Math.addExact(Math.multiplyExact(slot, 1L << CHUNK_BITS), chunk);
  }

  private static byte[] encode(Footer footer) {
    ByteBuffer out = ByteBuffer.allocate(FOOTER_BYTES);
    out.putInt(0)
        .putLong(FOOTER_MAGIC)
        .putLong(footer.cluster)
        .putLong(footer.first)
        .putLong(footer.last)
        .putLong(footer.firstIndex)
        .putLong(footer.nextIndex)
        .put(HexFormat.of().parseHex(footer.digest));
    out.putInt(0, TailRecord.crc(out, Integer.BYTES, FOOTER_BYTES - Integer.BYTES));
    return out.array();
  }

  private Footer footer(SealedTable table) {
    byte[] bytes = table.get(FOOTER_KEY);
    if (bytes == null || bytes.length != FOOTER_BYTES) {
      throw table.damaged("its footer");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt() != TailRecord.crc(in, Integer.BYTES, FOOTER_BYTES - Integer.BYTES)
        || in.getLong() != FOOTER_MAGIC
        || in.getLong() != cluster) {
      throw table.damaged("its footer");
    }
    byte[] digest = new byte[DIGEST_BYTES];
    in.get(FOOTER_BYTES - DIGEST_BYTES, digest);
    return new Footer(
        cluster,
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        HexFormat.of().formatHex(digest));
  }

  /** Reads every record back and compares it with what was written. */
  void verify(Footer written) {
    verify(
        written,
        fault -> {
          throw fault;
        });
  }

  /**
   * The same.
   *
   * @param faults receives each damaged record; if it returns, the others are read
   */
  void verify(Footer written, Consumer<JournalException> faults) {
    SealedTable table = map();
    try {
      verify(table, written, faults);
    } finally {
      table.release();
    }
  }

  private void verify(SealedTable table, Footer written, Consumer<JournalException> faults) {
    MessageDigest digest = sha256();
    boolean whole = true;
    for (long slot = footer.first; slot <= footer.last; slot++) {
      try {
        byte[] record = record(table, slot);
        if (SegmentRecord.decode(cluster, slot, record) == null) {
          throw table.damaged("slot " + slot);
        }
        digest.update(record);
      } catch (JournalException e) {
        whole = false;
        faults.accept(e);
      }
    }
    if (whole
        && (!footer.equals(written)
            || !HexFormat.of().formatHex(digest.digest()).equals(written.digest))) {
      faults.accept(table.damaged("it does not read back as it was written"));
    }
  }

  /**
   * Reads one slot.
   *
   * @param table this segment, mapped
   * @throws JournalException if it is damaged
   */
  SegmentStore.Sealed read(SealedTable table, long slot) {
    SegmentStore.Sealed sealed = SegmentRecord.decode(cluster, slot, record(table, slot));
    if (sealed == null) {
      throw table.damaged("slot " + slot);
    }
    return sealed;
  }

  private static byte[] record(SealedTable table, long slot) {
    byte[] first = table.get(key(slot, 0));
    int length = first == null ? -1 : SegmentRecord.length(first);
    if (first == null || length < first.length || length > table.bytes()) {
      throw table.damaged("slot " + slot);
    }
    byte[] record = Arrays.copyOf(first, length);
    int at = first.length;
    for (int chunk = 1; at < length; chunk++) {
      byte[] more = table.get(key(slot, chunk));
      if (more == null || more.length == 0 || more.length > length - at) {
        throw table.damaged("slot " + slot);
      }
      System.arraycopy(more, 0, record, at, more.length);
      at += more.length;
    }
    return record;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  Path path() {
    return path;
  }

  Footer holds() {
    return footer;
  }

  /** Length of the file. */
  long bytes() {
    return bytes;
  }
}
