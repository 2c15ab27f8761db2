package io.synod.sim.disk;

import io.synod.paxos.Bytes;
import io.synod.runtime.Intake;
import io.synod.runtime.JournalException;
import io.synod.storage.Vault;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sealed streams in memory: durable as soon as they are sealed, and lost only with the disk. */
public final class MemoryVault implements Vault {
  private final TreeMap<Label, Held> streams =
      new TreeMap<>(Comparator.comparing(Label::shelf).thenComparing(Label::number));
  private final Runnable changed;

  private record Held(Bytes note, Bytes content, Bytes sha256) {}

  MemoryVault(Runnable changed) {
    this.changed = changed;
  }

  void wipe() {
    streams.clear();
  }

  MemoryVault copy() {
    MemoryVault copy = new MemoryVault(() -> {});
    copy.streams.putAll(streams);
    return copy;
  }

  /** A byte of a stream changes by itself. */
  public void rot(Label label, int at) {
    Held held = streams.get(label);
    if (held != null) {
      byte[] content = held.content.array().clone();
      content[at] ^= 1;
      streams.put(label, new Held(held.note, Bytes.of(content), held.sha256));
    }
  }

  @Override
  public Intake stage(Label label, Bytes note) {
    return new Staging(label, note);
  }

  @Override
  public List<Label> labels(String shelf) {
    return streams.keySet().stream().filter(label -> label.shelf().equals(shelf)).toList();
  }

  @Override
  public List<String> shelves() {
    return streams.keySet().stream().map(Label::shelf).distinct().toList();
  }

  @Override
  public @Nullable Kept open(Label label) {
    Held held = streams.get(label);
    return held == null ? null : new Reading(label, held);
  }

  @Override
  public void delete(Label label) {
    if (streams.remove(label) != null) {
      changed.run();
    }
  }

  @Override
  public long bytes() {
    return streams.values().stream().mapToLong(held -> held.content.size()).sum();
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

  private final class Staging implements Intake {
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
      streams.put(label, new Held(note, Bytes.of(content.toByteArray()), sha256()));
      changed.run();
    }

    @Override
    public void close() {}
  }

  private record Reading(Label label, Held held) implements Kept {
    @Override
    public Bytes note() {
      return held.note;
    }

    @Override
    public long bytes() {
      return held.content.size();
    }

    @Override
    public Bytes sha256() {
      return held.sha256;
    }

    @Override
    public byte[] read(long offset, int bytesMax) {
      long end = Math.min(held.content.size(), offset + bytesMax);
      return Arrays.copyOfRange(held.content.array(), (int) offset, (int) Math.max(offset, end));
    }

    @Override
    public void verify() {
      if (!digest(held.content.array()).equals(held.sha256)) {
        throw new JournalException("memory/" + label + ": damaged at offset 0");
      }
    }

    @Override
    public void close() {}
  }
}
