package io.synod.runtime.backup;

import io.synod.paxos.value.Bytes;
import io.synod.state.State;
import io.synod.state.StateWriter;
import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Payload;
import java.security.MessageDigest;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Encodes a backup in pieces that are made on demand. One thread at a time uses it. */
public final class BackupWriter {
  private static final int APP_PIECE_BYTES = 256 << 10;

  private final BackupContent content;
  private final Iterator<byte[]> state;
  private final Iterator<BackupContent.App> apps;
  private final MessageDigest checksum = BackupFormat.sha256();
  private final MessageDigest whole = BackupFormat.sha256();
  private BackupContent.@Nullable App app;
  private long appOffset;
  private long stateBytes;
  private long bytes;
  private boolean ended;
  private byte @Nullable [] first;

  /**
   * Begins a backup of everything in {@code content}.
   *
   * @param cluster the name of the cluster
   * @param formation the digest of its formation
   * @param node the node that writes it
   */
  public BackupWriter(BackupContent content, String cluster, long formation, int node) {
    this.content = content;
    this.state = StateWriter.chunks(content.state());
    this.apps = content.apps().iterator();
    State.Mark mark = content.state().mark();
    this.first =
        BackupFormat.record(
            BackupFormat.HEADER,
            new Packer()
                .text(cluster)
                .number(formation)
                .number(node)
                .number(mark.slot())
                .number(mark.index())
                .number(mark.logTimeMillis())
                .number(mark.digest()));
  }

  /**
   * The next piece; null after the last. Pieces have less than 1 MiB. It may read the disk.
   *
   * @throws io.synod.runtime.port.JournalException if a snapshot is damaged
   */
  public byte @Nullable [] next() {
    byte[] header = first;
    if (bytes == 0) {
      return counted(BackupFormat.prefix());
    }
    if (header != null) {
      first = null;
      return counted(header);
    }
    if (state.hasNext()) {
      byte[] piece = state.next();
      stateBytes += piece.length;
      return counted(BackupFormat.record(BackupFormat.STATE, piece));
    }
    byte[] piece = nextOfApps();
    if (piece != null) {
      return counted(piece);
    }
    return ended ? null : end();
  }

  private byte @Nullable [] nextOfApps() {
    BackupContent.App current = app;
    if (current != null) {
      byte[] piece = current.stream().read(appOffset, APP_PIECE_BYTES);
      if (piece.length > 0) {
        appOffset += piece.length;
        return BackupFormat.record(BackupFormat.APP_BYTES, piece);
      }
    }
    if (!apps.hasNext()) {
      app = null;
      return null;
    }
    BackupContent.App next = apps.next();
    app = next;
    appOffset = 0;
    return BackupFormat.record(
        BackupFormat.APP,
        new Packer()
            .text(next.consumer())
            .number(next.index())
            .number(next.stream().bytes())
            .payload(Payload.of(next.stream().sha256().array())));
  }

  private byte[] end() {
    ended = true;
    byte[] last =
        BackupFormat.record(
            BackupFormat.END, new Packer().number(stateBytes).number(content.apps().size()));
    checksum.update(last);
    byte[] sum = checksum.digest();
    byte[] both = java.util.Arrays.copyOf(last, last.length + sum.length);
    System.arraycopy(sum, 0, both, last.length, sum.length);
    whole.update(both);
    bytes += both.length;
    return both;
  }

  private byte[] counted(byte[] piece) {
    checksum.update(piece);
    whole.update(piece);
    bytes += piece.length;
    return piece;
  }

  /** The length of the pieces so far. */
  public long bytes() {
    return bytes;
  }

  /** SHA-256 of all pieces, to be called once, after the last. */
  public Bytes sha256() {
    return Bytes.of(whole.digest());
  }
}
