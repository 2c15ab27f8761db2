package io.synod.state;

import io.synod.state.command.DigestSamples;
import io.synod.state.command.SessionKind;
import io.synod.state.encoding.Digest;
import io.synod.state.encoding.Payload;
import io.synod.state.encoding.Unpacker;
import io.synod.state.result.KeyValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/**
 * Decodes the state that a {@link StateWriter} wrote, from its pieces in order, at whatever bytes
 * they are split. One thread uses it.
 */
public final class StateReader {
  private static final int MANY = 1 << 20;

  private final Limits limits;
  private byte[] pending = new byte[0];
  private State.@Nullable Mark mark;
  private Keys keys = Keys.EMPTY;
  private SessionTable sessions = SessionTable.EMPTY;
  private Locks locks = Locks.EMPTY;
  private Consumers consumers = Consumers.EMPTY;
  private State.RequestMemory requestMemory = State.RequestMemory.EMPTY;
  private long commanded;
  private int level = Level.FIRST;
  private Payload memberships = Payload.EMPTY;
  // Made once, after the last pair and before the first session.
  private @Nullable Map<Long, List<KeyValue>> owners;
  private @Nullable Session session;
  private @Nullable Lock lock;
  private @Nullable Consumer consumer;
  private long digest;
  private boolean ended;

  /** Creates a reader of a state with the default limits. */
  public StateReader() {
    this(Limits.defaults());
  }

  /** Creates a reader of a state with these limits. */
  public StateReader(Limits limits) {
    this.limits = limits;
  }

  /**
   * Decodes the next piece.
   *
   * @throws IllegalArgumentException if it is not part of a state
   */
  public void add(byte[] chunk) {
    byte[] all = pending.length == 0 ? chunk : joined(chunk);
    int at = 0;
    try {
      for (int end = recordEnd(all, at); end > 0; end = recordEnd(all, at)) {
        Unpacker length = new Unpacker(all, at, all.length);
        length.number();
        read(new Unpacker(all, length.at(), end));
        digest = Digest.of(digest, all, length.at(), end);
        at = end;
      }
    } catch (Unpacker.Misfit misfit) {
      throw new IllegalArgumentException("not a valid state: " + misfit.getMessage(), misfit);
    } catch (IllegalStateException broken) {
      // The records are readable, but no state writes them in this form.
      throw new IllegalArgumentException("not a valid state: " + broken.getMessage(), broken);
    }
    pending = at == 0 && all != chunk ? all : Arrays.copyOfRange(all, at, all.length);
  }

  private byte[] joined(byte[] chunk) {
    byte[] joined = Arrays.copyOf(pending, pending.length + chunk.length);
    System.arraycopy(chunk, 0, joined, pending.length, chunk.length);
    return joined;
  }

  /** Where the record at {@code at} ends; 0 if it is incomplete. */
  private static int recordEnd(byte[] all, int at) {
    int lengthEnd = at;
    while (lengthEnd < all.length && all[lengthEnd] < 0) {
      lengthEnd++;
    }
    if (lengthEnd >= all.length) {
      return 0;
    }
    Unpacker from = new Unpacker(all, at, all.length);
    long length = from.number();
    return length >= 0 && length <= all.length - from.at() ? from.at() + (int) length : 0;
  }

  /**
   * Returns the state, after the last piece.
   *
   * @throws IllegalArgumentException if something is missing
   */
  public State finish() {
    State.Mark at = mark;
    if (at == null || !ended || pending.length > 0) {
      throw new IllegalArgumentException("not a valid state: it is incomplete");
    }
    return new State(
        limits,
        at,
        keys,
        sessions,
        new State.Rest(locks, consumers, requestMemory, commanded, level, memberships));
  }

  private void read(Unpacker from) {
    int kind = from.small(StateWriter.END);
    if (ended || (mark == null) != (kind == StateWriter.HEAD)) {
      throw new Unpacker.Misfit("a record of kind " + kind + " out of order");
    }
    switch (kind) {
      case StateWriter.HEAD -> head(from);
      case StateWriter.PAIR -> pair(KeyValue.unpack(from));
      case StateWriter.SESSION -> session(from);
      case StateWriter.ANSWER -> answer(from);
      case StateWriter.LOCK ->
          lock = new Lock(from.text(), from.number(), from.number(), TreePMap.empty());
      case StateWriter.CONTENDER -> contender(from);
      case StateWriter.CONSUMER -> {
        consumer = Consumer.named(from.text()).diverged(from.number());
        consumers = consumers.with(consumer);
      }
      case StateWriter.COPY -> copy(from);
      case StateWriter.APP_SNAPSHOT -> appSnapshot(from);
      case StateWriter.TIMES -> times(from);
      case StateWriter.REQUEST ->
          requestMemory =
              new State.RequestMemory(
                  requestMemory.requests().with(from.text(), CachedReply.unpack(from)),
                  requestMemory.openings(),
                  requestMemory.refusedIndex());
      case StateWriter.OPENING ->
          requestMemory =
              new State.RequestMemory(
                  requestMemory.requests(),
                  requestMemory.openings().with(from.text(), CachedReply.unpack(from)),
                  requestMemory.refusedIndex());
      default -> {
        if (from.number() != digest) {
          throw new Unpacker.Misfit("its digest does not match");
        }
        ended = true;
      }
    }
    from.end();
  }

  private void pair(KeyValue pair) {
    keys = keys.with(pair, keys.get(pair.key()));
  }

  private void times(Unpacker from) {
    long refusedIndex = from.number();
    requestMemory =
        new State.RequestMemory(
            times(from, requestMemory.requests()),
            times(from, requestMemory.openings()),
            refusedIndex);
  }

  private static Requests times(Unpacker from, Requests requests) {
    Requests noted = requests;
    for (int left = from.small(MANY); left > 0; left--) {
      noted = noted.at(from.number(), from.number());
    }
    return noted;
  }

  private void head(Unpacker from) {
    long version = from.number();
    if (version != StateWriter.VERSION) {
      throw new Unpacker.Misfit(
          "it has version %d of the format, not %d: install the version that wrote it"
              .formatted(version, StateWriter.VERSION));
    }
    mark = new State.Mark(from.number(), from.number(), from.number(), from.number());
    commanded = from.number();
    level = from.small(Integer.MAX_VALUE);
    memberships = from.payload();
  }

  private void session(Unpacker from) {
    long id = from.number();
    int node = from.small(Integer.MAX_VALUE);
    TreePSet<String> owned = Session.NO_KEYS;
    for (KeyValue pair : keysOf(id)) {
      owned = owned.plus(pair.key());
    }
    String name = from.text();
    long ttlMillis = from.number();
    long renewIndex = from.number();
    long usedIndex = from.number();
    long ackedBelow = from.number();
    Session.Opened opened =
        new Session.Opened(
            id,
            node,
            name,
            ttlMillis,
            from.text(),
            SessionKind.of(from.small(SessionKind.numberMax())));
    Session read =
        new Session(opened, renewIndex, usedIndex, ackedBelow, TreePMap.empty(), 0, owned);
    session = read;
    sessions = sessions.with(read);
  }

  private Iterable<KeyValue> keysOf(long id) {
    return byOwner().getOrDefault(id, List.of());
  }

  private Map<Long, List<KeyValue>> byOwner() {
    Map<Long, List<KeyValue>> known = owners;
    if (known == null) {
      known = new HashMap<>();
      for (KeyValue pair : keys.map().values()) {
        if (pair.session() != 0) {
          known.computeIfAbsent(pair.session(), owner -> new ArrayList<>()).add(pair);
        }
      }
      owners = known;
    }
    return known;
  }

  private void answer(Unpacker from) {
    Session of = session;
    if (of == null) {
      throw new Unpacker.Misfit("an answer without a session");
    }
    long sequence = from.number();
    CachedReply cachedReply = CachedReply.unpack(from);
    sessions = sessions.with(of.answering(sequence, cachedReply, of.usedIndex()));
    session = sessions.get(of.id());
  }

  private void contender(Unpacker from) {
    Lock of = lock;
    if (of == null) {
      throw new Unpacker.Misfit("a contender without a lock");
    }
    Lock.Contender contender =
        new Lock.Contender(from.number(), from.small(Integer.MAX_VALUE), from.payload());
    Lock joined =
        new Lock(
            of.name(),
            of.token(),
            of.sinceMillis(),
            of.queue().plus(contender.session(), contender));
    lock = joined;
    locks = locks.with(joined, contender.value().bytes().length);
  }

  private void copy(Unpacker from) {
    int node = from.small(Integer.MAX_VALUE);
    long acked = from.number();
    long ackMillis = from.number();
    DigestSamples digests = DigestSamples.NONE;
    for (int left = from.small(MANY); left > 0; left--) {
      digests = digests.with(from.number(), from.payload());
    }
    change(consumer().with(new Consumer.Copy(node, acked, ackMillis, digests)));
  }

  private void appSnapshot(Unpacker from) {
    long index = from.number();
    String format = from.text();
    long bytes = from.number();
    Payload sha256 = from.payload();
    int node = from.small(Integer.MAX_VALUE);
    long createMillis = from.number();
    int quorum = from.small(MANY);
    boolean disputed = from.small(1) == 1;
    TreePSet<Integer> holders = TreePSet.empty();
    for (int left = from.small(MANY); left > 0; left--) {
      holders = holders.plus(from.small(Integer.MAX_VALUE));
    }
    change(
        consumer()
            .with(
                new Consumer.Snapshot(
                    index, format, bytes, sha256, node, createMillis, quorum, holders, disputed)));
  }

  private Consumer consumer() {
    Consumer of = consumer;
    if (of == null) {
      throw new Unpacker.Misfit("a part without a consumer");
    }
    return of;
  }

  private void change(Consumer changed) {
    consumer = changed;
    consumers = consumers.with(changed);
  }
}
