package io.synod.storage.sealed;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamWriter;
import io.synod.storage.disk.FileDisk;
import io.synod.storage.disk.FileErrorReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.mapdb.DBException;

/**
 * Streams in MapDB: a {@link SealedStream} each, written under a temporary name, synced, read back,
 * and only then renamed to its own name, which is synced too. A removed stream loses that name at
 * once, and its file when no reader uses it any more.
 */
public final class MapDbStreamStore implements StreamStore {
  private static final Pattern SEALED =
      Pattern.compile("stream-([a-z0-9-]+)-([0-9a-f]{16})\\.mapdb");
  private static final Pattern HALF =
      Pattern.compile("stream-[a-z0-9-]+-[0-9a-f]{16}-[0-9]+\\.tmp");

  private final Path directory;
  private final long cluster;
  private final AtomicLong stagings = new AtomicLong();
  // Held while names change in the directory, which takes longer than a reader may wait.
  private final Object changing = new Object();
  // By group, then by number. A stream is opened when it is first accessed.
  private final Map<String, TreeMap<Long, Entry>> entries = new TreeMap<>();

  // Callers that remove a stream, or close its last reader, must not wait for the deletion of its
  // file.
  private final FileRemover remover = new FileRemover();

  private static final class Entry {
    private final Path path;
    private @Nullable SealedStream stream;
    // The name of its file since the stream was removed.
    private volatile @Nullable Path doomed;

    private Entry(Path path) {
      this.path = path;
    }
  }

  private MapDbStreamStore(Path directory, long cluster) {
    this.directory = directory;
    this.cluster = cluster;
  }

  /** Opens the streams in {@code directory}, which must exist; removes incomplete ones. */
  public static MapDbStreamStore open(Path directory, long cluster) {
    return open(directory, cluster, FileRemover::remove);
  }

  /**
   * Opens the streams in {@code directory}, which must exist, and changes nothing there.
   *
   * @param incomplete receives the files of incomplete streams
   */
  public static MapDbStreamStore open(Path directory, long cluster, Consumer<Path> incomplete) {
    MapDbStreamStore files = new MapDbStreamStore(directory, cluster);
    try (Stream<Path> all = Files.list(directory)) {
      for (Path path : all.sorted().toList()) {
        String name = path.getFileName().toString();
        Matcher sealed = SEALED.matcher(name);
        if (HALF.matcher(name).matches()) {
          incomplete.accept(path);
        } else if (sealed.matches()) {
          long number = Long.parseUnsignedLong(sealed.group(2), 16);
          files.group(sealed.group(1)).put(number, new Entry(path));
        }
      }
      return files;
    } catch (IOException e) {
      throw new JournalException(directory + ": " + FileErrorReason.of(directory.toString(), e), e);
    }
  }

  /** Whether a file of this name is a stream or an incomplete one. */
  static boolean isOurs(String name) {
    return SEALED.matcher(name).matches() || HALF.matcher(name).matches();
  }

  private Map<Long, Entry> group(String group) {
    return entries.computeIfAbsent(group, any -> new TreeMap<>());
  }

  private Path temporary(Label label) {
    return directory.resolve(name(label) + "-" + stagings.incrementAndGet() + ".tmp");
  }

  private static String name(Label label) {
    return String.format(Locale.ROOT, "stream-%s-%016x", label.group(), label.number());
  }

  @Override
  public StreamWriter stage(Label label, Bytes note) {
    if (!SEALED.matcher(name(label) + ".mapdb").matches()) {
      throw new IllegalArgumentException("not a valid name of a group: " + label.group());
    }
    Path temporary = temporary(label);
    try {
      return new Staging(temporary, label, note);
    } catch (DBException e) {
      throw unwritten(temporary, e);
    }
  }

  private static JournalException unwritten(Path path, Exception e) {
    return new JournalException(path + ": cannot be written: " + SealedTable.reason(e), e);
  }

  @Override
  public synchronized List<Label> labels(String group) {
    List<Label> labels = new ArrayList<>();
    for (long number : entries.getOrDefault(group, new TreeMap<>()).keySet()) {
      labels.add(new Label(group, number));
    }
    return labels;
  }

  @Override
  public synchronized List<String> groups() {
    TreeSet<String> groups = new TreeSet<>();
    entries.forEach(
        (group, held) -> {
          if (!held.isEmpty()) {
            groups.add(group);
          }
        });
    return List.copyOf(groups);
  }

  @Override
  public synchronized @Nullable StoredStream open(Label label) {
    Entry entry = entries.getOrDefault(label.group(), new TreeMap<>()).get(label.number());
    if (entry == null) {
      return null;
    }
    SealedStream stream = entry.stream;
    if (stream == null) {
      stream = SealedStream.open(entry.path, cluster, label);
      entry.stream = stream;
    }
    stream.hold();
    return new StreamLease(stream, () -> unread(entry));
  }

  @Override
  public void delete(Label label) {
    synchronized (changing) {
      Entry entry = takeOut(label);
      if (entry == null) {
        return;
      }
      try {
        Path doomed = rename(entry.path, temporary(label));
        FileDisk.syncDirectory(directory);
        // Set only now: after a crash the file might be there again, with the name it had.
        entry.doomed = doomed;
      } catch (IOException e) {
        // After a crash the file might be there again: it must be possible to delete it once more.
        put(label, entry);
        throw FileRemover.failed(entry.path, e);
      }
      release(entry);
    }
  }

  /** Renames a file that is to be removed; null if it no longer exists. */
  private static @Nullable Path rename(Path file, Path doomed) throws IOException {
    try {
      Files.move(file, doomed, StandardCopyOption.ATOMIC_MOVE);
      return doomed;
    } catch (NoSuchFileException gone) {
      return null;
    } catch (IOException e) {
      // A full disk may have no space for another name.
      Files.deleteIfExists(file);
      return null;
    }
  }

  private synchronized @Nullable Entry takeOut(Label label) {
    return entries.getOrDefault(label.group(), new TreeMap<>()).remove(label.number());
  }

  private void release(Entry entry) {
    SealedStream stream = entry.stream;
    if (stream == null || stream.release()) {
      unread(entry);
    }
  }

  /** No reader uses it any more, nor will. */
  private void unread(Entry entry) {
    // The name is set before the remover's lease is released.
    Path doomed = entry.doomed;
    if (doomed != null) {
      remover.removeLater(doomed);
    }
  }

  @Override
  public synchronized long bytes() {
    long bytes = 0;
    for (TreeMap<Long, Entry> held : entries.values()) {
      for (Entry entry : held.values()) {
        bytes += entry.stream == null ? entry.path.toFile().length() : entry.stream.fileBytes();
      }
    }
    return bytes;
  }

  @Override
  public void close() {
    synchronized (this) {
      entries.values().forEach(held -> held.values().forEach(this::release));
      entries.clear();
    }
    remover.close();
  }

  private void sealed(Path temporary, Label label) throws IOException {
    Entry sealed = new Entry(directory.resolve(name(label) + ".mapdb"));
    Entry before;
    Path old;
    synchronized (changing) {
      old = linked(sealed.path, temporary(label));
      synchronized (this) {
        Files.move(temporary, sealed.path, StandardCopyOption.ATOMIC_MOVE);
        // Replaced at once, so that no reader opens the new file through the previous entry.
        before = group(label.group()).replace(label.number(), sealed);
      }
      FileDisk.syncDirectory(directory);
      put(label, sealed);
    }
    if (before != null) {
      before.doomed = old;
      release(before);
    } else if (old != null) {
      remover.removeLater(old);
    }
  }

  /**
   * Gives a file that is to be replaced a second name, under which it can be removed step by step;
   * null if it does not exist, or the file system has no hard links.
   */
  private static @Nullable Path linked(Path file, Path other) {
    try {
      return Files.createLink(other, file);
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  private synchronized void put(Label label, Entry entry) {
    group(label.group()).put(label.number(), entry);
  }

  /** A stream that is being written. */
  private final class Staging implements StreamWriter {
    private final Path temporary;
    private final Label label;
    private final Bytes note;
    private final SealedStream.Writer writer;
    private boolean over;

    private Staging(Path temporary, Label label, Bytes note) {
      this.temporary = temporary;
      this.label = label;
      this.note = note;
      this.writer = new SealedStream.Writer(temporary, cluster, label);
    }

    @Override
    public void append(byte[] bytes) {
      try {
        writer.append(bytes);
      } catch (DBException e) {
        throw unwritten(temporary, e);
      }
    }

    @Override
    public long bytes() {
      return writer.bytes();
    }

    @Override
    public Bytes sha256() {
      return writer.sha256();
    }

    @Override
    public void seal() {
      try {
        SealedStream.Footer written = writer.finish(note);
        writer.close();
        FileDisk.syncFile(temporary);
        SealedStream check = SealedStream.open(temporary, cluster, label);
        try {
          if (!check.footer().equals(written)) {
            throw new JournalException(temporary + ": does not read back as it was written");
          }
          check.verify();
        } finally {
          check.release();
        }
        sealed(temporary, label);
        over = true;
      } catch (IOException | DBException e) {
        throw unwritten(temporary, e);
      }
    }

    @Override
    public void close() {
      if (over) {
        return;
      }
      over = true;
      try {
        writer.close();
      } catch (DBException e) {
        throw FileRemover.failed(temporary, e);
      }
      remover.removeLater(temporary);
    }
  }
}
