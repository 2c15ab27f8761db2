package io.synod.state;

import io.synod.state.command.Compare;
import io.synod.state.command.DigestSamples;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.SessionKind;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.state.result.KeyValue;
import io.synod.state.result.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Draws commands at random, most of them meaningful, among few keys, sessions and locks. */
final class RandomCommands {
  /** Levels are raised up to this one. */
  static final int LEVELS = 6;

  private static final List<String> KEYS =
      List.of(
          "a", "a/", "a/1", "a/2", "a/2/x", "b", "b/1", "", "é", "\uFFFD", "\uD83D\uDE00", "a0");
  private static final List<String> LOCKS = List.of("l1", "l2", "l3");
  private static final List<String> CONSUMERS = List.of("c1", "c2");

  private final SplittableRandom random;
  private final List<Long> opened = new ArrayList<>();
  private final List<Entry> sent = new ArrayList<>();

  private final Model model;

  RandomCommands(long seed, Model model) {
    this.random = new SplittableRandom(seed);
    this.model = model;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Records the effect of a command, so that sessions it opened are used later. */
  void saw(long index, Model.Did did, byte[] command) {
    Entry entry = Entry.decode(command);
    if (entry != null && entry.kind().opensSession() && did.result() instanceof Result.Effect) {
      opened.add(index);
      if (opened.size() > 8) {
        opened.remove(below(4));
      }
    }
    if (entry != null) {
      sent.add(entry);
      if (sent.size() > 40) {
        sent.remove(below(40));
      }
    }
  }

  /** Draws the next command, at an index of about {@code index}. */
  byte[] command(long index) {
    int what = below(100);
    if (what < 3) {
      return garbled(entry(index).encode());
    } else if (what < 12 && !sent.isEmpty()) {
      return sent.get(below(sent.size())).encode();
    } else if (what < 15 && !sent.isEmpty()) {
      return changed(sent.get(below(sent.size()))).encode();
    }
    return entry(index).encode();
  }

  private Entry entry(long index) {
    int what = below(100);
    if (opened.isEmpty() || what < 3) {
      return opening(Entry.Kind.OPEN_SESSION, new SystemCommands.Open(below(2) * 1_000L).encode());
    } else if (what < 4) {
      SessionKind kind = below(2) == 0 ? SessionKind.OWN : SessionKind.OWN_DUTIES;
      return opening(Entry.Kind.OPEN_OWN_SESSION, new SystemCommands.OpenOwn(kind).encode());
    } else if (what < 10) {
      Payload value = value();
      SystemCommands.Hold hold = new SystemCommands.Hold(lock(), value, 1_000, below(3) == 0);
      return opening(Entry.Kind.HOLD, hold.encode());
    } else if (what < 12) {
      return entry(Entry.Kind.CLOSE_SESSION, Payload.EMPTY);
    }
    return ofSession(index);
  }

  private Entry ofSession(long index) {
    int what = below(100);
    if (what < 55) {
      return entry(Entry.Kind.KV, txn(index).encode());
    } else if (what < 62) {
      return entry(Entry.Kind.COMMAND, value());
    } else if (what < 68) {
      return free(
          Entry.Kind.RENEW_SESSIONS,
          new SystemCommands.Renew(List.of(session(), session())).encode());
    } else if (what < 74) {
      return free(Entry.Kind.EXPIRE_SESSIONS, expire().encode());
    } else if (what < 80) {
      return below(4) == 0
          ? free(Entry.Kind.RAISE_LEVEL, new SystemCommands.RaiseLevel(below(LEVELS + 1)).encode())
          : free(Entry.Kind.EXPIRE_KEYS, Payload.EMPTY);
    } else if (what < 85) {
      String lock = lock();
      long token = below(2) == 0 ? model.tokenOf(lock) : Math.max(0, index - below(20));
      return free(
          Entry.Kind.RELEASE, new SystemCommands.Release(lock, token, below(4) == 0).encode());
    } else if (what < 92) {
      return entry(Entry.Kind.ACKNOWLEDGE, acknowledge(index - below(60) + 2).encode());
    } else if (what < 99) {
      Payload sha = Payload.of(new byte[] {(byte) below(2)});
      long at = index - 5L * below(8);
      SystemCommands.Store store =
          new SystemCommands.Store(consumer(), at, "f", 9, sha, 1 + below(2), false);
      store = below(5) == 0 ? store.refused() : store;
      return entry(Entry.Kind.STORE, (below(3) == 0 ? store.byAnother() : store).encode());
    }
    return labelled(Entry.Kind.DROP_CONSUMER, consumer(), Payload.EMPTY);
  }

  private SystemCommands.Acknowledge acknowledge(long at) {
    DigestSamples digests = DigestSamples.NONE;
    for (int i = below(4); i > 0; i--) {
      Payload digest = Payload.of(new byte[] {(byte) below(2)});
      digests = digests.with(Math.max(0, at - below(40) + below(3)), digest);
    }
    return new SystemCommands.Acknowledge(consumer(), at, digests);
  }

  private SystemCommands.Expire expire() {
    List<SystemCommands.Expire.Judged> judged = new ArrayList<>();
    for (int i = below(3); i >= 0; i--) {
      long id = session();
      ModelSessions.ModelSession modelSession = model.sessions.get(id);
      long renewed = modelSession == null || below(3) == 0 ? id : modelSession.renewed;
      judged.add(new SystemCommands.Expire.Judged(id, renewed));
    }
    return new SystemCommands.Expire(judged);
  }

  Txn txn(long index) {
    List<Compare> compares = new ArrayList<>();
    for (int i = below(3); i > 0; i--) {
      compares.add(compare(index));
    }
    return new Txn(compares, ops(), ops());
  }

  private Compare compare(long index) {
    String key = key();
    KeyValue pair = model.get(key);
    return switch (below(6)) {
      case 0 -> new Compare.KeyAbsent(key);
      case 1 -> new Compare.ModIndexIs(key, pair == null ? 0 : pair.modIndex());
      case 2 -> new Compare.ModIndexIs(key, Math.max(0, index - below(30)));
      case 3 -> new Compare.ValueIs(key, pair == null ? Payload.EMPTY : pair.value());
      case 4 -> new Compare.ValueIs(key, value());
      default -> {
        String lock = lock();
        yield new Compare.LockHeld(lock, below(2) == 0 ? model.tokenOf(lock) : index - 1);
      }
    };
  }

  private List<Op> ops() {
    List<Op> ops = new ArrayList<>();
    for (int i = below(5); i > 0; i--) {
      int what = below(10);
      if (what < 6) {
        long owner = below(3) == 0 ? session() : 0;
        ops.add(new Op.Put(key(), value(), below(3) == 0 ? 1 + below(4_000) : 0, owner));
      } else if (what < 8) {
        ops.add(new Op.Delete(key()));
      } else if (what < 9) {
        ops.add(new Op.Get(key()));
      } else {
        ops.add(new Op.DeletePrefix(key()));
      }
    }
    return ops;
  }

  private Entry opening(Entry.Kind kind, Payload payload) {
    return new Entry(kind, 1 + below(3), 0, below(1 << 30), createdAt(), 0, "name", "", payload)
        .attempted(below(3));
  }

  /** An index at which the command was made, mostly a recent one. */
  private long createdAt() {
    return model.index() - (below(4) == 0 ? below(60) : below(3));
  }

  /** An entry mostly without a session, as its kind requires. */
  private Entry free(Entry.Kind kind, Payload payload) {
    return below(10) == 0 ? entry(kind, payload) : opening(kind, payload);
  }

  private Entry entry(Entry.Kind kind, Payload payload) {
    return labelled(kind, "", payload);
  }

  /** An entry mostly at a sequence that is free or was used lately. */
  private Entry labelled(Entry.Kind kind, String label, Payload payload) {
    long id = session();
    ModelSessions.ModelSession modelSession = model.sessions.get(id);
    long base =
        modelSession == null || modelSession.known.isEmpty() ? 1 : modelSession.known.lastKey();
    long sequence = below(50) == 0 ? (1 << 14) + base - below(60) : base + below(9) - 2;
    long acked = below(8) == 0 ? base - below(10) : 0;
    return new Entry(kind, 1 + below(3), id, sequence, acked, 0, label, request(), payload)
        .attempted(below(3));
  }

  private String request() {
    return below(6) == 0 ? "r" + below(400) : "";
  }

  private long session() {
    return opened.isEmpty() || below(20) == 0 ? below(100) : opened.get(below(opened.size()));
  }

  String key() {
    return KEYS.get(below(KEYS.size()));
  }

  private String lock() {
    return LOCKS.get(below(LOCKS.size()));
  }

  private String consumer() {
    return CONSUMERS.get(below(CONSUMERS.size()));
  }

  private Payload value() {
    return Payload.of(("v" + below(4)).repeat(below(4)).getBytes(StandardCharsets.UTF_8));
  }

  /** An entry at the same sequence with different contents. */
  private Entry changed(Entry entry) {
    return new Entry(
        entry.kind(),
        entry.node(),
        entry.session(),
        entry.sequence(),
        entry.ackedBelow(),
        0,
        below(2) == 0 ? entry.contentType() : "other",
        entry.requestId(),
        below(2) == 0 ? entry.payload() : value());
  }

  /** A malformed command. */
  byte[] garbled(byte[] command) {
    byte[] garbled = command.clone();
    if (below(4) == 0) {
      return java.util.Arrays.copyOf(garbled, below(garbled.length + 10));
    }
    for (int i = 1 + below(4); i > 0; i--) {
      garbled[below(garbled.length)] = (byte) below(256);
    }
    return garbled;
  }
}
