package io.synod.sim.workload;

import io.synod.sim.check.client.SubmittedCommand;
import io.synod.sim.cluster.World;
import io.synod.sim.disk.Rng;
import io.synod.state.command.Compare;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.state.result.KeyValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Draws the operations of one application on pairs and locks, based on what it last read. */
final class KvOperations {
  private static final int KEYS = 8;
  private static final int LOCKS = 3;

  private final World world;
  private final Workload workload;
  private final Rng rng;
  private final Map<String, KeyValue> seen = new HashMap<>();

  KvOperations(Workload workload, Rng rng) {
    this.world = workload.world();
    this.workload = workload;
    this.rng = rng;
  }

  /** Remembers a pair that was read; the answer to a put leaves out the value. */
  void saw(KeyValue pair) {
    if (pair.value().bytes().length > 0) {
      seen.put(pair.key(), pair);
    }
  }

  static String key(Rng rng) {
    return (rng.below(2) == 0 ? "a/" : "b/") + rng.below(KEYS);
  }

  static String lock(Rng rng) {
    return "l" + rng.below(LOCKS);
  }

  /** Draws the next operation of an application with this session. */
  Operation.Order next(long session) {
    long operation = workload.nextOperation();
    int what = rng.below(100);
    if (what < 90) {
      return Operation.Order.of(operation, Entry.Kind.KV, txn(operation, session).encode());
    } else if (what < 94) {
      return Operation.Order.of(
          operation, Entry.Kind.COMMAND, SubmittedCommand.payload(operation, rng.below(40)));
    } else if (what < 97 || world.profile().consumers) {
      // With consumers in the run, copies hand over real snapshots; a made-up one would be waited
      // for in vain.
      String lock = lock(rng);
      long held = workload.referenceModel().lockAt(lock, workload.referenceModel().index()).token();
      long token = rng.below(4) == 0 ? soon() : held;
      Payload release = new SystemCommands.Release(lock, token, rng.below(4) == 0).encode();
      return Operation.Order.of(operation, Entry.Kind.RELEASE, release);
    }
    long index = Math.max(1, workload.referenceModel().index() - rng.below(20));
    Payload sha = SubmittedCommand.payload(index, 32);
    String consumer = rng.below(2) == 0 ? ConsumerClient.CONSUMER : "c" + rng.below(3);
    Payload store = new SystemCommands.Store(consumer, index, "f", 10, sha, 2, false).encode();
    return Operation.Order.of(operation, Entry.Kind.STORE, store);
  }

  private Txn txn(long operation, long session) {
    String key = key(rng);
    KeyValue known = seen.get(key);
    int what = rng.below(100);
    if (what < 25) {
      return Txn.of(put(key, operation, 0, 0));
    } else if (what < 35) {
      return Txn.of(new Op.Delete(key));
    } else if (what < 50) {
      Compare same = new Compare.ModIndexIs(key, known == null ? 0 : known.modIndex());
      return new Txn(List.of(same), List.of(put(key, operation, 0, 0)), List.of(new Op.Get(key)));
    } else if (what < 65) {
      return count("c" + rng.below(2));
    } else if (what < 75) {
      return Txn.of(put("t/" + rng.below(3), operation, ttlMillis(), 0));
    } else if (what < 85) {
      // The owner is mostly its own session, and at times one that is not open.
      long owner = rng.below(3) == 0 ? soon() : session;
      return Txn.of(put("e/" + rng.below(3), operation, 0, owner));
    } else if (what < 88) {
      return Txn.of(new Op.DeletePrefix(rng.below(2) == 0 ? "a/" : "e/"));
    }
    return several(operation, session);
  }

  /** An index near the end of the log, as a session or token that is current, past or future. */
  private long soon() {
    return Math.max(1, workload.referenceModel().index() + rng.below(10) - 2);
  }

  private long ttlMillis() {
    return rng.between(1, 2 * world.profile().ttlMillis);
  }

  private Op put(String key, long operation, long ttlMillis, long owner) {
    // Several puts must fit into the smallest batch of any profile.
    int bytes = rng.below(world.profile().payloadBytesMax / 6);
    return new Op.Put(key, SubmittedCommand.payload(operation, bytes), ttlMillis, owner);
  }

  /** Increments a counter if it has the value last seen. */
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
    String key = key(rng);
    for (int i = rng.below(4); i >= 0; i--) {
      success.add(rng.below(3) == 0 ? new Op.Get(key(rng)) : put(key(rng), operation, 0, 0));
      failure.add(rng.below(3) == 0 ? new Op.Delete(key(rng)) : put(key, operation, 0, session));
    }
    String lock = lock(rng);
    long token = workload.referenceModel().lockAt(lock, workload.referenceModel().index()).token();
    Compare compare =
        rng.below(2) == 0 ? new Compare.LockHeld(lock, token) : new Compare.KeyAbsent(key);
    return new Txn(List.of(compare), success, failure);
  }
}
