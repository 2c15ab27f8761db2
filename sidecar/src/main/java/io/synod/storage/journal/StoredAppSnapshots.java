package io.synod.storage.journal;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.AppSnapshots;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamReader;
import io.synod.runtime.port.StreamWriter;
import io.synod.storage.sealed.SealedStream;
import io.synod.storage.sealed.StreamStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of applications in a stream store, with a group of labels per consumer. One that
 * proves damaged when it is read counts as missing from then on, until it is fetched again.
 */
final class StoredAppSnapshots implements AppSnapshots {
  private static final String SHELF = "blob-";
  private static final int SHELF_DIGEST_BYTES = 16;

  private final StreamStore streams;
  private final Map<StreamStore.Label, JournalException> damaged = new ConcurrentHashMap<>();
  // A number is never reused, so that a report of damage does not affect a later stream of the same
  // label.
  private final Map<StreamStore.Label, Long> seals = new ConcurrentHashMap<>();
  private long lastSeal;

  StoredAppSnapshots(StreamStore streams) {
    this.streams = streams;
  }

  @Override
  public String group(String consumer) {
    byte[] digest = SealedStream.sha256().digest(consumer.getBytes(StandardCharsets.UTF_8));
    byte[] some = Arrays.copyOf(digest, SHELF_DIGEST_BYTES);
    return SHELF + HexFormat.of().formatHex(some);
  }

  private StreamStore.Label label(String consumer, long index) {
    return new StreamStore.Label(group(consumer), index);
  }

  @Override
  public StreamWriter stage(String consumer, long index) {
    Bytes name = Bytes.of(consumer.getBytes(StandardCharsets.UTF_8));
    StreamStore.Label label = label(consumer, index);
    return new Staged(label, streams.stage(label, name));
  }

  @Override
  public @Nullable StreamReader open(String consumer, long index) {
    StreamStore.Label label = label(consumer, index);
    JournalException known = damaged.get(label);
    if (known != null) {
      throw new JournalException(String.valueOf(known.getMessage()), known);
    }
    // Read before it is opened, so that damage found later is not reported for a newer stream.
    long seal = seal(label);
    StreamStore.StoredStream kept = streams.open(label);
    return kept == null ? null : new CheckedReader(label, kept, seal);
  }

  /** A damaged one is listed until it is opened: only then is the damage known. */
  @Override
  public List<Blob> list() {
    List<Blob> blobs = new ArrayList<>();
    for (StreamStore.Label label : labels(streams)) {
      if (!damaged.containsKey(label)) {
        list(label, blobs);
      }
    }
    return blobs;
  }

  /** The labels of all of them, intact or not. */
  static List<StreamStore.Label> labels(StreamStore streams) {
    List<StreamStore.Label> labels = new ArrayList<>();
    for (String group : streams.groups()) {
      if (group.startsWith(SHELF)) {
        labels.addAll(streams.labels(group));
      }
    }
    return labels;
  }

  private void list(StreamStore.Label label, List<Blob> blobs) {
    try (StreamStore.StoredStream kept = streams.open(label)) {
      if (kept != null) {
        blobs.add(blob(label, kept));
      }
    } catch (JournalException damaged) {
      // It is left out: other sidecars have it.
    }
  }

  static Blob blob(StreamStore.Label label, StreamStore.StoredStream kept) {
    String consumer = new String(kept.note().array(), StandardCharsets.UTF_8);
    return new Blob(consumer, label.number(), kept.bytes(), kept.sha256());
  }

  @Override
  public List<Sealed> sealed() {
    List<Sealed> all = new ArrayList<>();
    for (StreamStore.Label label : labels(streams)) {
      all.add(new Sealed(label.group(), label.number(), seal(label)));
    }
    return all;
  }

  @Override
  public synchronized void delete(Sealed which) {
    StreamStore.Label label = new StreamStore.Label(which.group(), which.index());
    if (seal(label) == which.seal()) {
      streams.delete(label);
      damaged.remove(label);
      seals.remove(label);
    }
  }

  /** It is 0 for a stream that existed at the start. */
  private long seal(StreamStore.Label label) {
    return seals.getOrDefault(label, 0L);
  }

  private synchronized void renumber(StreamStore.Label label) {
    seals.put(label, ++lastSeal);
  }

  private synchronized void renewed(StreamStore.Label label) {
    renumber(label);
    damaged.remove(label);
  }

  private synchronized void broke(StreamStore.Label label, long seal, JournalException how) {
    if (seal == seal(label)) {
      damaged.put(label, how);
    }
  }

  /** It replaces a damaged one once it is sealed. */
  private final class Staged implements StreamWriter {
    private final StreamStore.Label label;
    private final StreamWriter streamWriter;

    private Staged(StreamStore.Label label, StreamWriter streamWriter) {
      this.label = label;
      this.streamWriter = streamWriter;
    }

    @Override
    public void append(byte[] bytes) {
      streamWriter.append(bytes);
    }

    @Override
    public long bytes() {
      return streamWriter.bytes();
    }

    @Override
    public Bytes sha256() {
      return streamWriter.sha256();
    }

    @Override
    public void seal() {
      // A thread that is about to remove the previous one must not remove this one.
      renumber(label);
      streamWriter.seal();
      renewed(label);
    }

    @Override
    public void close() {
      streamWriter.close();
    }
  }

  /** A reader that records damage. */
  private final class CheckedReader implements StreamReader {
    private final StreamStore.Label label;
    private final StreamStore.StoredStream kept;
    private final long seal;

    private CheckedReader(StreamStore.Label label, StreamStore.StoredStream kept, long seal) {
      this.label = label;
      this.kept = kept;
      this.seal = seal;
    }

    @Override
    public long bytes() {
      return kept.bytes();
    }

    @Override
    public Bytes sha256() {
      return kept.sha256();
    }

    @Override
    public byte[] read(long offset, int bytesMax) {
      try {
        return kept.read(offset, bytesMax);
      } catch (JournalException e) {
        broke(label, seal, e);
        throw e;
      }
    }

    @Override
    public void close() {
      kept.close();
    }
  }
}
