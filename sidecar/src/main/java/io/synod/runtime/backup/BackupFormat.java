package io.synod.runtime.backup;

import io.synod.state.encoding.Packer;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The layout of a backup: the magic number, the version of the format, records, and SHA-256 of all
 * of that. In every version the last 32 bytes are SHA-256 of all bytes before them, so that a
 * damaged file is distinguished from one of a later version.
 *
 * <p>A record is a kind in one byte, a length in four, and a body. The first one is {@link
 * #HEADER}. Then follow the pieces of the state, then for each consumer that has a safe snapshot an
 * {@link #APP} record and the pieces of that snapshot, and last {@link #END}.
 */
final class BackupFormat {
  static final long MAGIC = 0x53594E4F44424B50L;
  static final int VERSION = 1;
  static final int PREFIX_BYTES = Long.BYTES + Integer.BYTES;
  static final int RECORD_HEADER_BYTES = 1 + Integer.BYTES;
  static final int CHECKSUM_BYTES = 32;

  /** The length of the longest body. */
  static final int BODY_BYTES_MAX = 1 << 20;

  /** Cluster, formation, node, and the position of the state in the log. */
  static final byte HEADER = 1;

  /** A piece of the state, as {@link io.synod.state.StateWriter} makes it. */
  static final byte STATE = 2;

  /** Consumer, index, length and SHA-256 of the snapshot that follows. */
  static final byte APP = 3;

  /** A piece of the snapshot of a consumer. */
  static final byte APP_BYTES = 4;

  /** The length of the state, and the number of snapshots. */
  static final byte END = 5;

  private BackupFormat() {}

  static byte[] prefix() {
    return ByteBuffer.allocate(PREFIX_BYTES).putLong(MAGIC).putInt(VERSION).array();
  }

  static byte[] record(byte kind, byte[] body) {
    return ByteBuffer.allocate(RECORD_HEADER_BYTES + body.length)
        .put(kind)
        .putInt(body.length)
        .put(body)
        .array();
  }

  static byte[] record(byte kind, Packer body) {
    return record(kind, body.done());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
