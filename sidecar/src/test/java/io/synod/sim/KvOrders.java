package io.synod.sim;

import io.synod.sim.check.Operation;
import io.synod.sim.disk.Dice;
import io.synod.state.Compare;
import io.synod.state.Entry;
import io.synod.state.KeyValue;
import io.synod.state.Op;
import io.synod.state.Orders;
import io.synod.state.Payload;
import io.synod.state.Txn;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Draws what one application wants of pairs and locks, knowing what it saw last. */
final class KvOrders {
  private static final int KEYS = 8;
  private static final int LOCKS = 3;

  private final World world;
  private final Crowd crowd;
  private final Dice dice;
  private final Map<String, KeyValue> seen = new HashMap<>();

  KvOrders(Crowd crowd, Dice dice) {
    this.world = crowd.world();
    this.crowd = crowd;
    this.dice = dice;
  }

  /** A pair as it was read; as it was written the answer leaves the value out. */
  void saw(KeyValue pair) {
    if (pair.value().bytes().length > 0) {
      seen.put(pair.key(), pair);
    }
  }

  static String key(Dice dice) {
    return (dice.below(2) == 0 ? "a/" : "b/") + dice.below(KEYS);
  }

  static String lock(Dice dice) {
    return "l" + dice.below(LOCKS);
  }

  /** The next wish of a caller with this session. */
  Errand.Order next(long session) {
    long operation = crowd.nextOperation();
    int what = dice.below(100);
    if (what < 90) {
      return Errand.Order.of(operation, Entry.Kind.KV, txn(operation, session).encode());
    } else if (what < 94) {
      return Errand.Order.of(
          operation, Entry.Kind.COMMAND, Operation.payload(operation, dice.below(40)));
    } else if (what < 97 || world.weather().consumers) {
      // Copies hand over snapshots of their own, and nobody waits for one that nobody has.
      String lock = lock(dice);
      long held = crowd.witness().lockAt(lock, crowd.witness().index()).token();
      long token = dice.below(4) == 0 ? soon() : held;
      Payload release = new Orders.Release(lock, token, dice.below(4) == 0).encode();
      return Errand.Order.of(operation, Entry.Kind.RELEASE, release);
    }
    long index = Math.max(1, crowd.witness().index() - dice.below(20));
    Payload sha = Operation.payload(index, 32);
    String consumer = dice.below(2) == 0 ? Copy.CONSUMER : "c" + dice.below(3);
    Payload store = new Orders.Store(consumer, index, "f", 10, sha, 2, false).encode();
    return Errand.Order.of(operation, Entry.Kind.STORE, store);
  }

  private Txn txn(long operation, long session) {
    String key = key(dice);
    KeyValue known = seen.get(key);
    int what = dice.below(100);
    if (what < 25) {
      return Txn.of(put(key, operation, 0, 0));
    } else if (what < 35) {
      return Txn.of(new Op.Delete(key));
    } else if (what < 50) {
      Compare same = new Compare.ModIndexIs(key, known == null ? 0 : known.modIndex());
      return new Txn(List.of(same), List.of(put(key, operation, 0, 0)), List.of(new Op.Get(key)));
    } else if (what < 65) {
      return count("c" + dice.below(2));
    } else if (what < 75) {
      return Txn.of(put("t/" + dice.below(3), operation, ttlMillis(), 0));
    } else if (what < 85) {
      // Mostly its own, and at times one that is not open yet, or no more.
      long owner = dice.below(3) == 0 ? soon() : session;
      return Txn.of(put("e/" + dice.below(3), operation, 0, owner));
    } else if (what < 88) {
      return Txn.of(new Op.DeletePrefix(dice.below(2) == 0 ? "a/" : "e/"));
    }
    return several(operation, session);
  }

  /** An index near the end of the log: a session or a token that may be, was, or is to come. */
  private long soon() {
    return Math.max(1, crowd.witness().index() + dice.below(10) - 2);
  }

  private long ttlMillis() {
    return dice.between(1, 2 * world.weather().ttlMillis);
  }

  private Op put(String key, long operation, long ttlMillis, long owner) {
    // Several of them must still fit into the smallest batch of any weather.
    int bytes = dice.below(world.weather().payloadBytesMax / 6);
    return new Op.Put(key, Operation.payload(operation, bytes), ttlMillis, owner);
  }

  /** A counter goes up by one, if it is as it was seen. */
  private Txn count(String key) {
    KeyValue known = seen.get(key);
    if (known == null) {
      return new Txn(
          List.of(new Compare.KeyAbsent(key)),
          List.of(new Op.Put(key, number(1), 0, 0)),
          List.of(new Op.Get(key)));
    }
    long value = Long.parseLong(new String(known.value().bytes(), StandardCharsets.US_ASCII));
    return new Txn(
        List.of(new Compare.ValueIs(key, known.value())),
        List.of(new Op.Put(key, number(value + 1), 0, 0)),
        List.of(new Op.Get(key)));
  }

  private static Payload number(long value) {
    return Payload.of(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
  }

  private Txn several(long operation, long session) {
    List<Op> success = new ArrayList<>();
    List<Op> failure = new ArrayList<>();
    String key = key(dice);
    for (int i = dice.below(4); i >= 0; i--) {
      success.add(dice.below(3) == 0 ? new Op.Get(key(dice)) : put(key(dice), operation, 0, 0));
      failure.add(dice.below(3) == 0 ? new Op.Delete(key(dice)) : put(key, operation, 0, session));
    }
    String lock = lock(dice);
    long token = crowd.witness().lockAt(lock, crowd.witness().index()).token();
    Compare compare =
        dice.below(2) == 0 ? new Compare.LockHeld(lock, token) : new Compare.KeyAbsent(key);
    return new Txn(List.of(compare), success, failure);
  }
}
