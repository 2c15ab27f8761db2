package io.synod.runtime.backup;

import io.synod.paxos.value.Bytes;
import io.synod.paxos.value.SnapshotMark;
import io.synod.runtime.snapshot.StoredState;
import io.synod.state.Consumer;
import io.synod.state.State;
import io.synod.state.StateReader;
import io.synod.state.encoding.Payload;
import io.synod.state.encoding.Unpacker;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decodes a backup, and checks everything in it. It is used once, by one thread. */
public final class BackupReader {
  private static final int SKIP_BYTES = 1 << 16;

  private final HashedInput in;
  private final DataInputStream data;
  private final AppReceiver receiver;
  private final StateReader stateReader = new StateReader();
  private final List<AppEntry> apps = new ArrayList<>();
  private @Nullable BackupHeader header;
  private @Nullable State state;
  private long stateBytes;
  private @Nullable AppEntry app;
  private long appBytes;
  private MessageDigest appDigest = BackupFormat.sha256();

  /** A snapshot of a consumer. */
  public record AppEntry(String consumer, long index, long bytes, Bytes sha256) {}

  /**
   * A complete backup.
   *
   * @param sha256 of all its bytes
   */
  public record Backup(
      BackupHeader header, State state, List<AppEntry> apps, long bytes, Bytes sha256) {}

  /**
   * Receives the snapshots of consumers, one after the other. Nothing is known to be intact before
   * {@link #read} returns.
   */
  public interface AppReceiver {
    /** Ignores them. */
    AppReceiver NONE =
        new AppReceiver() {
          @Override
          public void begin(State state, AppEntry app) {}

          @Override
          public void add(byte[] piece) {}

          @Override
          public void end() {}
        };

    /** A snapshot begins. */
    void begin(State state, AppEntry app);

    /** The next piece of it. */
    void add(byte[] piece);

    /** It is complete, and has the stated digest. */
    void end();
  }

  private BackupReader(InputStream in, AppReceiver receiver) {
    this.in = new HashedInput(in);
    this.data = new DataInputStream(this.in);
    this.receiver = receiver;
  }

  /**
   * Reads a backup to its end.
   *
   * @throws BackupException if it is damaged or incomplete, or has a format of a later version
   * @throws IOException if it cannot be read
   */
  public static Backup read(InputStream in, AppReceiver receiver) throws IOException {
    BackupReader reader = new BackupReader(in, receiver);
    try {
      return reader.read();
    } catch (EOFException e) {
      throw new BackupException("the backup is damaged: it is incomplete");
    } catch (Unpacker.Misfit | IllegalArgumentException e) {
      throw new BackupException("the backup is damaged: " + e.getMessage());
    }
  }

  private Backup read() throws IOException {
    if (data.readLong() != BackupFormat.MAGIC) {
      throw new BackupException("the file is no backup of Synod");
    }
    int version = data.readInt();
    if (version != BackupFormat.VERSION) {
      throw otherVersion(version);
    }
    while (!readRecord()) {}
    byte[] sum = in.checksum();
    byte[] stated = data.readNBytes(BackupFormat.CHECKSUM_BYTES);
    if (!Arrays.equals(sum, stated)) {
      throw new BackupException("the backup is damaged: its checksum does not match");
    }
    if (data.read() >= 0) {
      throw new BackupException("the backup is damaged: bytes follow its end");
    }
    return new Backup(
        Objects.requireNonNull(header),
        Objects.requireNonNull(state),
        List.copyOf(apps),
        in.bytes,
        Bytes.of(in.whole.digest()));
  }

  /**
   * The error for another version: damage, unless the checksum of the file shows that it is not.
   */
  private BackupException otherVersion(int version) throws IOException {
    byte[] last = new byte[0];
    byte[] page = new byte[SKIP_BYTES];
    MessageDigest before = in.unfinished();
    for (int n = in.in().readNBytes(page, 0, page.length);
        n > 0;
        n = in.in().readNBytes(page, 0, page.length)) {
      byte[] all = Arrays.copyOf(last, last.length + n);
      System.arraycopy(page, 0, all, last.length, n);
      int kept = Math.min(BackupFormat.CHECKSUM_BYTES, all.length);
      before.update(all, 0, all.length - kept);
      last = Arrays.copyOfRange(all, all.length - kept, all.length);
    }
    return Arrays.equals(before.digest(), last)
        ? new BackupException(
            "the backup has format "
                + version
                + "; this version of synod reads format "
                + BackupFormat.VERSION)
        : new BackupException("the backup is damaged: its checksum does not match");
  }

  /** Reads one record; returns whether it was the last. */
  private boolean readRecord() throws IOException {
    byte kind = data.readByte();
    int length = data.readInt();
    if (length < 0 || length > BackupFormat.BODY_BYTES_MAX) {
      throw new Unpacker.Misfit("a record has " + length + " bytes");
    }
    byte[] body = data.readNBytes(length);
    if (body.length < length) {
      throw new EOFException();
    }
    if ((kind == BackupFormat.HEADER) != (header == null)
        || (kind == BackupFormat.STATE && state != null)) {
      throw new Unpacker.Misfit("a record of kind " + kind + " is out of order");
    }
    switch (kind) {
      case BackupFormat.HEADER -> readHeader(new Unpacker(body));
      case BackupFormat.STATE -> {
        stateBytes += length;
        stateReader.add(body);
      }
      case BackupFormat.APP -> beginApp(new Unpacker(body));
      case BackupFormat.APP_BYTES -> addToApp(body);
      case BackupFormat.END -> {
        end(new Unpacker(body));
        return true;
      }
      default -> throw new Unpacker.Misfit("a record has the unknown kind " + kind);
    }
    return false;
  }

  private void readHeader(Unpacker from) {
    header =
        new BackupHeader(
            from.text(),
            from.number(),
            from.small(Integer.MAX_VALUE),
            new SnapshotMark(from.natural(), from.natural(), from.number(), from.number()));
    from.end();
  }

  /** The state, which is complete once a record of another kind follows. */
  private State completeState() {
    State complete = state;
    if (complete == null) {
      complete = stateReader.finish();
      SnapshotMark stated = Objects.requireNonNull(header).mark();
      if (!StoredState.markOf(complete).equals(stated)) {
        throw new Unpacker.Misfit("it holds another state than its header says");
      }
      state = complete;
    }
    return complete;
  }

  private void beginApp(Unpacker from) {
    endApp();
    State complete = completeState();
    AppEntry next =
        new AppEntry(from.text(), from.natural(), from.natural(), Bytes.of(from.payload().bytes()));
    from.end();
    Consumer consumer = complete.consumer(next.consumer());
    Consumer.Snapshot known = consumer == null ? null : consumer.safeSnapshot();
    if (known == null
        || known.index() != next.index()
        || !known.sha256().equals(Payload.of(next.sha256().array()))) {
      throw new Unpacker.Misfit("it holds a snapshot that its state does not know");
    }
    if (apps.stream().anyMatch(earlier -> earlier.consumer().equals(next.consumer()))) {
      throw new Unpacker.Misfit("it holds a snapshot of a consumer twice");
    }
    app = next;
    appBytes = 0;
    appDigest = BackupFormat.sha256();
    receiver.begin(complete, next);
  }

  private void addToApp(byte[] piece) {
    if (app == null) {
      throw new Unpacker.Misfit("a piece of no snapshot");
    }
    appBytes += piece.length;
    appDigest.update(piece);
    receiver.add(piece);
  }

  private void endApp() {
    AppEntry current = app;
    if (current == null) {
      return;
    }
    if (appBytes != current.bytes() || !Bytes.of(appDigest.digest()).equals(current.sha256())) {
      throw new Unpacker.Misfit("a snapshot of a consumer has another digest than it says");
    }
    receiver.end();
    apps.add(current);
    app = null;
  }

  private void end(Unpacker from) {
    endApp();
    State complete = completeState();
    if (from.number() != stateBytes || from.number() != apps.size()) {
      throw new Unpacker.Misfit("it lacks a part");
    }
    from.end();
    long safe = complete.consumers().stream().filter(one -> one.safeSnapshot() != null).count();
    if (safe != apps.size()) {
      throw new Unpacker.Misfit("it lacks the snapshot of a consumer");
    }
  }

  /** Counts and digests what is read. */
  private static final class HashedInput extends FilterInputStream {
    private final MessageDigest whole = BackupFormat.sha256();
    private long bytes;

    HashedInput(InputStream in) {
      super(in);
    }

    InputStream in() {
      return in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int n = super.read(to, offset, length);
      if (n > 0) {
        whole.update(to, offset, n);
        bytes += n;
      }
      return n;
    }

    /** A digest of what was read, which may be continued. */
    MessageDigest unfinished() {
      try {
        return (MessageDigest) whole.clone();
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException("SHA-256 of this Java cannot be copied", e);
      }
    }

    byte[] checksum() {
      return unfinished().digest();
    }
  }
}
