package io.synod.storage;

import io.synod.paxos.Bytes;
import io.synod.runtime.Blobs;
import io.synod.runtime.Intake;
import io.synod.runtime.JournalException;
import io.synod.runtime.Stored;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What applications hand over, in a vault: a shelf for each consumer. */
record VaultBlobs(Vault vault) implements Blobs {
  private static final String SHELF = "blob-";
  private static final int SHELF_DIGEST_BYTES = 16;

  private static Vault.Label label(String consumer, long index) {
    byte[] digest = SealedStream.sha256().digest(consumer.getBytes(StandardCharsets.UTF_8));
    byte[] some = Arrays.copyOf(digest, SHELF_DIGEST_BYTES);
    return new Vault.Label(SHELF + HexFormat.of().formatHex(some), index);
  }

  @Override
  public Intake stage(String consumer, long index) {
    Bytes name = Bytes.of(consumer.getBytes(StandardCharsets.UTF_8));
    return vault.stage(label(consumer, index), name);
  }

  @Override
  public @Nullable Stored open(String consumer, long index) {
    return vault.open(label(consumer, index));
  }

  /** A damaged one is not listed: to open it tells. */
  @Override
  public List<Blob> list() {
    List<Blob> blobs = new ArrayList<>();
    for (String shelf : vault.shelves()) {
      if (shelf.startsWith(SHELF)) {
        for (Vault.Label label : vault.labels(shelf)) {
          list(label, blobs);
        }
      }
    }
    return blobs;
  }

  private void list(Vault.Label label, List<Blob> blobs) {
    try (Vault.Kept kept = vault.open(label)) {
      if (kept != null) {
        String consumer = new String(kept.note().array(), StandardCharsets.UTF_8);
        blobs.add(new Blob(consumer, label.number(), kept.bytes(), kept.sha256()));
      }
    } catch (JournalException damaged) {
      // Left out: others have it.
    }
  }

  @Override
  public void delete(String consumer, long index) {
    vault.delete(label(consumer, index));
  }
}
