package io.synod.cli.snapshot;

import io.synod.cli.shared.InputSource;
import io.synod.cli.shared.ValueText;
import io.synod.v1.SnapshotInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The common parts of the snapshot commands. */
final class SnapshotFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  private SnapshotFiles() {}

  /** The index, size and digest of a snapshot, for display. */
  static String text(SnapshotInfo snapshot) {
    return "at index "
        + snapshot.getIndex()
        + ", "
        + ValueText.bytes(snapshot.getSizeBytes())
        + (snapshot.getFormat().isEmpty() ? "" : ", format " + ValueText.line(snapshot.getFormat()))
        + ", sha256 "
        + HexFormat.of().formatHex(snapshot.getSha256().toByteArray());
  }

  static byte[] sha256(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = InputSource.open(file)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return digest.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
