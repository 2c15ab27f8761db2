package io.synod.state;

import io.synod.state.encoding.Packer;
import io.synod.state.result.KeyValue;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * Encodes a state as a stream of bytes, in pieces that are made on demand. Equal states give equal
 * bytes. The stream is a sequence of records, each preceded by its length; the last one holds a
 * digest of all before it.
 */
public final class StateWriter implements Iterator<byte[]> {
  /** The maximum size of a piece. */
  public static final int CHUNK_BYTES = 128 << 10;

  static final int VERSION = 5;
  static final int HEAD = 0;
  static final int PAIR = 1;
  static final int SESSION = 2;
  static final int ANSWER = 3;
  static final int LOCK = 4;
  static final int CONTENDER = 5;
  static final int CONSUMER = 6;
  static final int COPY = 7;
  static final int APP_SNAPSHOT = 8;
  static final int REQUEST = 9;
  static final int TIMES = 10;
  static final int OPENING = 11;
  static final int END = 12;

  private final Packer out = new Packer();
  // The current record; it is reused, since there are as many records as pairs.
  private final Packer record = new Packer();
  private final List<Iterator<?>> parts;
  private int part;
  private long digest;
  private boolean ended;

  private StateWriter(State state) {
    this.parts =
        List.of(
            state.keys().map().values().iterator(),
            state.table().byId().values().iterator(),
            state.locks().values().iterator(),
            state.consumers().iterator(),
            List.of(state.rest().requestMemory()).iterator(),
            answers(REQUEST, state.rest().requestMemory().requests()),
            answers(OPENING, state.rest().requestMemory().openings()));
    State.Mark mark = state.mark();
    put(
        record(HEAD)
            .number(VERSION)
            .number(mark.slot())
            .number(mark.index())
            .number(mark.logTimeMillis())
            .number(mark.digest())
            .number(state.commandedIndex())
            .number(state.level())
            .payload(state.memberships()));
  }

  /** An answer that is remembered by a name. */
  private record Named(int kind, String name, CachedReply cachedReply) {}

  private static Iterator<Named> answers(int kind, Requests requests) {
    return requests.byIndex().values().stream()
        .map(name -> new Named(kind, name, Objects.requireNonNull(requests.get(name))))
        .iterator();
  }

  /** The pieces of this state. */
  public static Iterator<byte[]> chunks(State state) {
    return new StateWriter(state);
  }

  @Override
  public boolean hasNext() {
    fill();
    return out.size() > 0;
  }

  @Override
  public byte[] next() {
    fill();
    if (out.size() == 0) {
      throw new NoSuchElementException();
    }
    return out.take(Math.min(CHUNK_BYTES, out.size()));
  }

  private void fill() {
    while (out.size() < CHUNK_BYTES && !ended) {
      if (part == parts.size()) {
        put(record(END).number(digest));
        ended = true;
      } else if (parts.get(part).hasNext()) {
        write(parts.get(part).next());
      } else {
        part++;
      }
    }
  }

  private void write(Object next) {
    if (next instanceof KeyValue pair) {
      Packer record = record(PAIR);
      pair.pack(record);
      put(record);
    } else if (next instanceof Session session) {
      write(session);
    } else if (next instanceof Lock lock) {
      write(lock);
    } else if (next instanceof Consumer consumer) {
      write(consumer);
    } else if (next instanceof State.RequestMemory requestMemory) {
      Packer record = record(TIMES).number(requestMemory.refusedIndex());
      write(record, requestMemory.requests());
      write(record, requestMemory.openings());
      put(record);
    } else if (next instanceof Named named) {
      Packer record = record(named.kind()).text(named.name());
      named.cachedReply().pack(record);
      put(record);
    }
  }

  private static void write(Packer record, Requests requests) {
    record.number(requests.times().size());
    requests.times().forEach((index, millis) -> record.number(index).number(millis));
  }

  private void write(Session session) {
    put(
        record(SESSION)
            .number(session.id())
            .number(session.node())
            .text(session.name())
            .number(session.ttlMillis())
            .number(session.renewIndex())
            .number(session.usedIndex())
            .number(session.ackedBelow())
            .text(session.lock())
            .number(session.kind().number()));
    for (Map.Entry<Long, CachedReply> answer : session.cachedReplies().entrySet()) {
      Packer record = record(ANSWER).number(answer.getKey());
      answer.getValue().pack(record);
      put(record);
    }
  }

  private void write(Lock lock) {
    put(record(LOCK).text(lock.name()).number(lock.token()).number(lock.sinceMillis()));
    for (Lock.Contender contender : lock.queue().values()) {
      put(
          record(CONTENDER)
              .number(contender.session())
              .number(contender.node())
              .payload(contender.value()));
    }
  }

  private void write(Consumer consumer) {
    put(record(CONSUMER).text(consumer.name()).number(consumer.divergedAt()));
    for (Consumer.Copy copy : consumer.copies().values()) {
      Packer record =
          record(COPY)
              .number(copy.node())
              .number(copy.ackedIndex())
              .number(copy.ackMillis())
              .number(copy.digests().byIndex().size());
      copy.digests().byIndex().forEach((index, digest) -> record.number(index).payload(digest));
      put(record);
    }
    for (Consumer.Snapshot snapshot : consumer.snapshots().values()) {
      Packer record =
          record(APP_SNAPSHOT)
              .number(snapshot.index())
              .text(snapshot.format())
              .number(snapshot.bytes())
              .payload(snapshot.sha256())
              .number(snapshot.node())
              .number(snapshot.createMillis())
              .number(snapshot.quorum())
              .number(snapshot.disputed() ? 1 : 0)
              .number(snapshot.holders().size());
      snapshot.holders().forEach(record::number);
      put(record);
    }
  }

  private Packer record(int kind) {
    return record.clear().number(kind);
  }

  private void put(Packer done) {
    digest = done.digest(digest);
    out.packed(done);
  }
}
