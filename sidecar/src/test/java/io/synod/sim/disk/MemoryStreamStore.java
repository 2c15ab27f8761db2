package io.synod.sim.disk;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamWriter;
import io.synod.storage.sealed.StreamStore;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A store of sealed streams in memory. A seal is durable at once, and is lost only with the disk. A
 * damaged part is reported when it is read, as by the checksums of a file.
 */
public final class MemoryStreamStore implements StreamStore {
  private static final int PIECE_BYTES = 256;
  private static final String PATH = "memory/";

  private final TreeMap<Label, MemoryStream> streams =
      new TreeMap<>(Comparator.comparing(Label::group).thenComparing(Label::number));
  private final Runnable changed;
  private BooleanSupplier unfit = () -> false;

  /** A stream: its sealed bytes, and its current ones. */
  private static final class MemoryStream {
    private final Bytes note;
    private final byte[] sealed;
    private final Bytes sha256;
    private byte[] content;
    private boolean headless;

    private MemoryStream(Bytes note, byte[] sealed) {
      this.note = note;
      this.sealed = sealed;
      this.sha256 = digest(sealed);
      this.content = sealed;
    }

    private boolean isWhole() {
      return !headless && Arrays.equals(content, sealed);
    }

    /** Flips a bit of the content, or damages the footer. */
    private void rot(Rng rng) {
      if (sealed.length == 0 || rng.below(4) == 0) {
        headless = true;
      } else {
        content = content.clone();
        content[rng.below(content.length)] ^= (byte) (1 << rng.below(8));
      }
    }
  }

  MemoryStreamStore(Runnable changed) {
    this.changed = changed;
  }

  void wipe() {
    streams.clear();
  }

  MemoryStreamStore copy() {
    MemoryStreamStore copy = new MemoryStreamStore(() -> {});
    copy.streams.putAll(streams);
    return copy;
  }

  /** Sets the decision whether a stream does not read back as it was written, made at each seal. */
  public void unfit(BooleanSupplier requested) {
    unfit = requested;
  }

  /** Damages one of these streams; returns its label, or null if there is none. */
  public @Nullable Label rot(Rng rng, Predicate<Label> which) {
    List<Label> all = streams.keySet().stream().filter(which).toList();
    if (all.isEmpty()) {
      return null;
    }
    Label label = all.get(rng.below(all.size()));
    Objects.requireNonNull(streams.get(label)).rot(rng);
    return label;
  }

  /** Whether every stream of a group is undamaged. */
  public boolean isWhole(String group) {
    return streams.entrySet().stream()
        .allMatch(held -> !held.getKey().group().equals(group) || held.getValue().isWhole());
  }

  @Override
  public StreamWriter stage(Label label, Bytes note) {
    return new Staging(label, note);
  }

  @Override
  public List<Label> labels(String group) {
    return streams.keySet().stream().filter(label -> label.group().equals(group)).toList();
  }

  @Override
  public List<String> groups() {
    return streams.keySet().stream().map(Label::group).distinct().toList();
  }

  @Override
  public @Nullable StoredStream open(Label label) {
    MemoryStream stream = streams.get(label);
    if (stream != null && stream.headless) {
      throw new JournalException(PATH + label + ": damaged: its footer");
    }
    return stream == null ? null : new OpenStream(label, stream);
  }

  @Override
  public void delete(Label label) {
    if (streams.remove(label) != null) {
      changed.run();
    }
  }

  @Override
  public long bytes() {
    return streams.values().stream().mapToLong(stream -> stream.sealed.length).sum();
  }

  @Override
  public void close() {}

  private static Bytes digest(byte[] content) {
    try {
      return Bytes.of(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private final class Staging implements StreamWriter {
    private final Label label;
    private final Bytes note;
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    private Staging(Label label, Bytes note) {
      this.label = label;
      this.note = note;
    }

    @Override
    public void append(byte[] bytes) {
      content.writeBytes(bytes);
    }

    @Override
    public long bytes() {
      return content.size();
    }

    @Override
    public Bytes sha256() {
      return digest(content.toByteArray());
    }

    @Override
    public void seal() {
      if (unfit.getAsBoolean()) {
        throw new JournalException(PATH + label + ": does not read back as it was written");
      }
      streams.put(label, new MemoryStream(note, content.toByteArray()));
      changed.run();
    }

    @Override
    public void close() {}
  }

  private record OpenStream(Label label, MemoryStream stream) implements StoredStream {
    @Override
    public Bytes note() {
      return stream.note;
    }

    @Override
    public long bytes() {
      return stream.sealed.length;
    }

    @Override
    public Bytes sha256() {
      return stream.sha256;
    }

    @Override
    public byte[] read(long offset, int bytesMax) {
      int from = (int) Math.min(stream.sealed.length, offset);
      int to = (int) Math.min(stream.sealed.length, offset + bytesMax);
      check(from / PIECE_BYTES * PIECE_BYTES, to);
      return Arrays.copyOfRange(stream.content, from, to);
    }

    /** Checks the pieces in a range, as each piece of a file has a checksum. */
    private void check(int from, int to) {
      for (int piece = from; piece < to; piece += PIECE_BYTES) {
        int end = Math.min(stream.sealed.length, piece + PIECE_BYTES);
        if (!Arrays.equals(stream.content, piece, end, stream.sealed, piece, end)) {
          throw new JournalException(PATH + label + ": damaged: at offset " + piece);
        }
      }
    }

    @Override
    public void verify() {
      check(0, stream.sealed.length);
    }

    @Override
    public void close() {}
  }
}
