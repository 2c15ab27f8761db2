package io.synod.storage.sealed;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.JournalException;
import io.synod.storage.tail.TailRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * One immutable file that holds a stream of bytes: a MapDB table from a piece's ordinal to the
 * piece, with a footer. All pieces but the last are equally long. A piece's checksum covers
 * cluster, label and ordinal too, so no piece can be taken for another.
 */
public final class SealedStream {
  private static final long FOOTER_KEY = Long.MAX_VALUE;
  private static final long FOOTER_MAGIC = 0x53594E5354523031L;
  private static final int HEADER_BYTES = 4 + 8 + 4 + 8 + 8;
  private static final int PIECE_BYTES = SealedTable.VALUE_BYTES_MAX - HEADER_BYTES;
  // A file is mapped as a whole.
  private static final long BYTES_MAX = 2_000_000_000L;
  private static final int DIGEST_BYTES = 32;
  private static final int FOOTER_BYTES = 4 + 8 + 8 + 8 + 8 + DIGEST_BYTES + 4 + 4;

  private final long cluster;
  private final SealedTable table;
  private final Footer footer;

  /** The footer of a stream: its label, note, length and digest. */
  record Footer(StreamStore.Label label, Bytes note, long bytes, Bytes sha256) {}

  private SealedStream(SealedTable table, long cluster, StreamStore.Label label) {
    this.table = table;
    this.cluster = cluster;
    this.footer = readFooter();
    if (!footer.label.equals(label)) {
      throw table.damaged("it belongs to another stream");
    }
  }

  /**
   * Opens a sealed stream.
   *
   * @throws JournalException if it is damaged, or not of this cluster and label
   */
  static SealedStream open(Path path, long cluster, StreamStore.Label label) {
    SealedTable table =
        SealedTable.open(
            path, key -> key == FOOTER_KEY ? "its footer" : "at offset " + key * PIECE_BYTES);
    try {
      return new SealedStream(table, cluster, label);
    } catch (JournalException e) {
      table.release();
      throw e;
    }
  }

  private Footer readFooter() {
    byte[] bytes = table.get(FOOTER_KEY);
    if (bytes == null || bytes.length < FOOTER_BYTES) {
      throw table.damaged("its footer");
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt() != TailRecord.crc(in, Integer.BYTES, bytes.length - Integer.BYTES)
        || in.getLong() != FOOTER_MAGIC
        || in.getLong() != cluster) {
      throw table.damaged("its footer");
    }
    long number = in.getLong();
    long length = in.getLong();
    byte[] sha256 = new byte[DIGEST_BYTES];
    in.get(sha256);
    byte[] group = new byte[in.getInt()];
    byte[] note = new byte[in.getInt()];
    in.get(group).get(note);
    return new Footer(
        new StreamStore.Label(new String(group, StandardCharsets.US_ASCII), number),
        Bytes.of(note),
        length,
        Bytes.of(sha256));
  }

  Footer footer() {
    return footer;
  }

  /** As {@link io.synod.runtime.port.StreamReader#read}; the caller must hold the stream. */
  byte[] read(long offset, int bytesMax) {
    if (offset < 0 || bytesMax < 1) {
      throw new IllegalArgumentException(
          "not a part of the stream: " + bytesMax + " bytes at " + offset);
    }
    int length = (int) Math.max(0, Math.min(bytesMax, footer.bytes - offset));
    byte[] read = new byte[length];
    int at = 0;
    while (at < length) {
      long ordinal = (offset + at) / PIECE_BYTES;
      byte[] piece = piece(ordinal);
      int from = HEADER_BYTES + (int) ((offset + at) % PIECE_BYTES);
      int part = Math.min(length - at, piece.length - from);
      System.arraycopy(piece, from, read, at, part);
      at += part;
    }
    return read;
  }

  private byte[] piece(long ordinal) {
    byte[] piece = table.get(ordinal);
    long wanted = HEADER_BYTES + Math.min(PIECE_BYTES, footer.bytes - ordinal * PIECE_BYTES);
    if (piece == null || piece.length != wanted || !isWhole(piece, ordinal)) {
      throw table.damaged("at offset " + ordinal * PIECE_BYTES);
    }
    return piece;
  }

  private boolean isWhole(byte[] piece, long ordinal) {
    ByteBuffer in = ByteBuffer.wrap(piece);
    return in.getInt() == TailRecord.crc(in, Integer.BYTES, piece.length - Integer.BYTES)
        && in.getLong() == cluster
        && in.getInt() == crc(footer.label.group())
        && in.getLong() == footer.label.number()
        && in.getLong() == ordinal;
  }

  /** Reads all of it; the caller must hold the stream. */
  void verify() {
    MessageDigest digest = sha256();
    for (long offset = 0; offset < footer.bytes; offset += PIECE_BYTES) {
      byte[] piece = piece(offset / PIECE_BYTES);
      digest.update(piece, HEADER_BYTES, piece.length - HEADER_BYTES);
    }
    if (!Bytes.of(digest.digest()).equals(footer.sha256)) {
      throw table.damaged("it does not read back as it was written");
    }
  }

  /** Holds it for another reader; false if it is closed. */
  boolean hold() {
    return table.hold();
  }

  /** Releases one hold; returns true if it was the last. */
  boolean release() {
    return table.release();
  }

  /** Length of the file. */
  long fileBytes() {
    return table.bytes();
  }

  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static int crc(String group) {
    CRC32C crc = new CRC32C();
    crc.update(group.getBytes(StandardCharsets.US_ASCII));
    return (int) crc.getValue();
  }

  /** Writes a stream; durable only after a sync of the file and of its directory. */
  static final class Writer implements AutoCloseable {
    private final SealedTable.Writer sink;
    private final long cluster;
    private final StreamStore.Label label;
    private final MessageDigest digest = SealedStream.sha256();
    private final byte[] piece = new byte[HEADER_BYTES + PIECE_BYTES];
    private int filled;
    private long ordinal;

    Writer(Path path, long cluster, StreamStore.Label label) {
      this.sink = new SealedTable.Writer(path);
      this.cluster = cluster;
      this.label = label;
    }

    void append(byte[] bytes) {
      if (bytes() + bytes.length > BYTES_MAX) {
        throw new JournalException("a stream must not exceed " + BYTES_MAX + " bytes");
      }
      digest.update(bytes);
      int at = 0;
      while (at < bytes.length) {
        int part = Math.min(bytes.length - at, PIECE_BYTES - filled);
        System.arraycopy(bytes, at, piece, HEADER_BYTES + filled, part);
        filled += part;
        at += part;
        if (filled == PIECE_BYTES) {
          flush();
        }
      }
    }

    long bytes() {
      return ordinal * PIECE_BYTES + filled;
    }

    Bytes sha256() {
      try {
        return Bytes.of(((MessageDigest) digest.clone()).digest());
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException("a digest of Java's own can be copied", e);
      }
    }

    private void flush() {
      int length = HEADER_BYTES + filled;
      ByteBuffer head = ByteBuffer.wrap(piece);
      head.putInt(0)
          .putLong(cluster)
          .putInt(crc(label.group()))
          .putLong(label.number())
          .putLong(ordinal);
      head.putInt(0, TailRecord.crc(head, Integer.BYTES, length - Integer.BYTES));
      sink.put(ordinal, length == piece.length ? piece : Arrays.copyOf(piece, length));
      ordinal++;
      filled = 0;
    }

    /** Ends the stream. */
    Footer finish(Bytes note) {
      final long bytes = bytes();
      if (filled > 0) {
        flush();
      }
      Footer footer = new Footer(label, note, bytes, sha256());
      byte[] group = label.group().getBytes(StandardCharsets.US_ASCII);
      ByteBuffer out = ByteBuffer.allocate(FOOTER_BYTES + group.length + note.size());
      out.putInt(0)
          .putLong(FOOTER_MAGIC)
          .putLong(cluster)
          .putLong(label.number())
          .putLong(bytes)
          .put(footer.sha256.array())
          .putInt(group.length)
          .putInt(note.size())
          .put(group)
          .put(note.array());
      out.putInt(0, TailRecord.crc(out, Integer.BYTES, out.capacity() - Integer.BYTES));
      sink.put(FOOTER_KEY, out.array());
      sink.finish();
      return footer;
    }

    @Override
    public void close() {
      sink.close();
    }
  }
}
