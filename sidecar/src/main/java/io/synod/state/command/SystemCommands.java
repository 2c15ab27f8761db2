package io.synod.state.command;

import io.synod.state.Session;
import io.synod.state.encoding.Packer;
import io.synod.state.encoding.Payload;
import io.synod.state.encoding.Unpacker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/** The payloads of the entries that are neither opaque nor transactions. */
public final class SystemCommands {
  private static final int SESSIONS_MAX = 1 << 20;
  private static final int LEVEL_MAX = 1 << 20;

  private SystemCommands() {}

  /**
   * The payload of {@link Entry.Kind#OPEN_SESSION}.
   *
   * @param ttlMillis after how long without a renewal it expires; 0: never
   */
  public record Open(long ttlMillis) {

    /** Encodes it. */
    public Payload encode() {
      return Payload.of(new Packer().number(ttlMillis).done());
    }

    static @Nullable public Open decode(Payload payload) {
      return read(payload, from -> new Open(from.natural()));
    }
  }

  /** The payload of {@link Entry.Kind#OPEN_OWN_SESSION}. */
  public record OpenOwn(SessionKind kind) {

    /** Encodes it. */
    public Payload encode() {
      return Payload.of(new Packer().number(kind.number()).done());
    }

    static @Nullable public OpenOwn decode(Payload payload) {
      OpenOwn read =
          read(payload, from -> new OpenOwn(SessionKind.of(from.small(SessionKind.numberMax()))));
      return read == null || read.kind() == SessionKind.CALLER ? null : read;
    }
  }

  /**
   * The payload of {@link Entry.Kind#RAISE_LEVEL}. It has no effect if the cluster has that level,
   * and raises the level by one at most.
   */
  public record RaiseLevel(int level) {

    /** Encodes it. */
    public Payload encode() {
      return Payload.of(new Packer().number(level).done());
    }

    static @Nullable public RaiseLevel decode(Payload payload) {
      return read(payload, from -> new RaiseLevel(from.small(LEVEL_MAX)));
    }
  }

  /**
   * The payload of {@link Entry.Kind#HOLD}.
   *
   * @param value the value that the holder publishes
   * @param ttlMillis after how long without a renewal the session expires
   * @param once whether it must not wait if the lock is held
   */
  public record Hold(String lock, Payload value, long ttlMillis, boolean once) {

    /** Encodes it. */
    public Payload encode() {
      return Payload.of(
          new Packer().text(lock).payload(value).number(ttlMillis).number(once ? 1 : 0).done());
    }

    static @Nullable public Hold decode(Payload payload) {
      return read(
          payload,
          from -> new Hold(from.text(), from.payload(), from.natural(), from.small(1) == 1));
    }
  }

  /** The payload of {@link Entry.Kind#RENEW_SESSIONS}. */
  public record Renew(List<Long> sessions) {

    /** Encodes it. */
    public Payload encode() {
      Packer packer = new Packer().number(sessions.size());
      sessions.forEach(packer::number);
      return Payload.of(packer.done());
    }

    static @Nullable public Renew decode(Payload payload) {
      return read(
          payload,
          from -> {
            List<Long> sessions = new ArrayList<>();
            for (int left = from.small(SESSIONS_MAX); left > 0; left--) {
              sessions.add(from.number());
            }
            return new Renew(List.copyOf(sessions));
          });
    }
  }

  /** The payload of {@link Entry.Kind#EXPIRE_SESSIONS}. */
  public record Expire(List<Judged> sessions) {

    /**
     * A session, and its last renewal when it was found to be expired: if it was renewed since, it
     * lives on.
     *
     * @param renewIndex {@link Session#renewIndex} at that time
     */
    public record Judged(long session, long renewIndex) {}

    /** Encodes it. */
    public Payload encode() {
      Packer packer = new Packer().number(sessions.size());
      sessions.forEach(one -> packer.number(one.session()).number(one.renewIndex()));
      return Payload.of(packer.done());
    }

    static @Nullable public Expire decode(Payload payload) {
      return read(
          payload,
          from -> {
            List<Judged> sessions = new ArrayList<>();
            for (int left = from.small(SESSIONS_MAX); left > 0; left--) {
              sessions.add(new Judged(from.number(), from.number()));
            }
            return new Expire(List.copyOf(sessions));
          });
    }
  }

  /**
   * The payload of {@link Entry.Kind#RELEASE}.
   *
   * @param token the holder's
   * @param force whether the token does not matter
   */
  public record Release(String lock, long token, boolean force) {

    /** Encodes it. */
    public Payload encode() {
      return Payload.of(new Packer().text(lock).number(token).number(force ? 1 : 0).done());
    }

    static @Nullable public Release decode(Payload payload) {
      return read(payload, from -> new Release(from.text(), from.number(), from.small(1) == 1));
    }
  }

  /**
   * The payload of {@link Entry.Kind#ACKNOWLEDGE}; the copy is that of the entry's node.
   *
   * @param index it has applied everything up to here
   * @param digests of its state after exactly these indexes, none of which is above {@code index}
   */
  public record Acknowledge(String consumer, long index, DigestSamples digests) {

    /**
     * With at most one digest.
     *
     * @param digest of the application's state after exactly {@code index}; may be empty
     */
    public Acknowledge(String consumer, long index, Payload digest) {
      this(
          consumer,
          index,
          digest.bytes().length == 0 ? DigestSamples.NONE : DigestSamples.NONE.with(index, digest));
    }

    /** Encodes it. */
    public Payload encode() {
      TreePMap<Long, Payload> all = digests.byIndex();
      Packer packer = new Packer().text(consumer).number(index).number(all.size());
      all.forEach((at, digest) -> packer.number(at).payload(digest));
      return Payload.of(packer.done());
    }

    static @Nullable public Acknowledge decode(Payload payload) {
      return read(
          payload,
          from -> {
            String consumer = from.text();
            long index = from.number();
            DigestSamples digests = DigestSamples.NONE;
            for (int left = from.small(DigestSamples.MAX); left > 0; left--) {
              digests = digests.with(from.natural(), from.payload());
            }
            return new Acknowledge(consumer, index, digests);
          });
    }

    /** Whether it mentions no index from {@code next} on. */
    public boolean isBefore(long next) {
      return index >= 0 && index < next && digests.byIndex().tailMap(index, false).isEmpty();
    }
  }

  /**
   * The payload of {@link Entry.Kind#STORE}; the holder is the entry's node. The first one for a
   * snapshot comes from the sidecar to which the application gave it.
   *
   * @param quorum how many sidecars must hold it before the log is trimmed up to it; 0 if it was
   *     refused, since there was another of that index
   * @param further whether it was fetched from another sidecar: then it has an effect only if the
   *     state still knows the snapshot
   */
  public record Store(
      String consumer,
      long index,
      String format,
      long bytes,
      Payload sha256,
      int quorum,
      boolean further) {

    /** This command as a refusal. */
    public Store refused() {
      return new Store(consumer, index, format, bytes, sha256, 0, false);
    }

    /** This command for a sidecar that fetched the snapshot from another one. */
    public Store byAnother() {
      return new Store(consumer, index, format, bytes, sha256, quorum, true);
    }

    /** Whether the entry's node holds it. */
    public boolean held() {
      return quorum > 0;
    }

    /** Whether it may create the consumer, or the snapshot, in the state. */
    public boolean isFirst() {
      return held() && !further;
    }

    /** Encodes it. */
    public Payload encode() {
      return Payload.of(
          new Packer()
              .text(consumer)
              .number(index)
              .text(format)
              .number(bytes)
              .payload(sha256)
              .number(quorum)
              .number(further ? 1 : 0)
              .done());
    }

    static @Nullable public Store decode(Payload payload) {
      return read(
          payload,
          from ->
              new Store(
                  from.text(),
                  from.number(),
                  from.text(),
                  from.number(),
                  from.payload(),
                  from.small(1_000),
                  from.small(1) == 1));
    }
  }

  private interface Form<T> {
    T read(Unpacker from);
  }

  /** Null if the payload is malformed, which all nodes decide alike. */
  private static <T> @Nullable T read(Payload payload, Form<T> form) {
    try {
      Unpacker from = new Unpacker(payload.bytes());
      T read = form.read(from);
      from.end();
      return read;
    } catch (Unpacker.Misfit malformed) {
      return null;
    }
  }
}
