package io.synod.api.kv;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import io.synod.api.TestServer;
import io.synod.api.server.ApiLimits;
import io.synod.state.State;
import io.synod.v1.DeleteRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.KeyValue;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse;
import io.synod.v1.Op;
import io.synod.v1.PutRequest;
import io.synod.v1.TxnRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Randomised test of watches: with all kinds of writes and a log that is trimmed, watchers that
 * stall, break off and resume rebuild exactly the state at each index that they reach.
 */
@Timeout(120)
@Tag("slow")
final class KvWatchCampaignTest {
  private static final int WRITES = 1_200;
  private static final int WATCHERS = 8;

  /** How many comparisons end the test: a slow machine compacts more and compares less. */
  private static final int CHECKS = 100 * WATCHERS;

  private record WatchedKeys(String key, boolean prefix, boolean previous) {
    private static WatchedKeys of(Random random) {
      return switch (random.nextInt(4)) {
        case 0 -> new WatchedKeys("a/" + random.nextInt(5), false, random.nextBoolean());
        case 1 -> new WatchedKeys("b/", true, random.nextBoolean());
        default -> new WatchedKeys("", true, random.nextBoolean());
      };
    }

    private Map<String, KeyValue> pairs(State state) {
      Map<String, KeyValue> pairs = new TreeMap<>();
      state.visit(
          key,
          "",
          pair -> {
            if (prefix || pair.key().equals(key)) {
              pairs.put(pair.key(), KvMessages.pair(pair));
            }
            return true;
          });
      return pairs;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void tellsEveryWatcherWhatMakesTheState(long seed) throws Exception {
    ApiLimits limits = ApiLimits.defaults().withInitialStatePatience(Duration.ofMillis(100));
    try (TestServer server = new TestServer(limits)) {
      AtomicBoolean done = new AtomicBoolean();
      ExecutorService threads = Executors.newFixedThreadPool(WATCHERS + 1);
      AtomicInteger checks = new AtomicInteger();
      List<Future<?>> watchers = new ArrayList<>();
      for (int i = 0; i < WATCHERS; i++) {
        Random random = new Random(seed * 1_000 + i);
        watchers.add(threads.submit(() -> new Following(server, random, checks).follow(done)));
      }
      threads.submit(() -> write(server, new Random(seed), checks)).get();
      done.set(true);
      for (Future<?> watcher : watchers) {
        watcher.get();
      }
      threads.shutdown();
    }
  }

  // ---- writers

  private static String key(Random random) {
    return (random.nextBoolean() ? "a/" : "b/") + random.nextInt(20);
  }

  private static ByteString value(Random random) {
    int bytes = random.nextInt(50) == 0 ? 150_000 : random.nextInt(300);
    return ByteString.copyFrom(new byte[bytes]);
  }

  private static Void write(TestServer server, Random random, AtomicInteger checks) {
    KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(server.channel);
    for (int i = 0; i < WRITES || checks.get() < CHECKS; i++) {
      int kind = random.nextInt(20);
      PutRequest.Builder put = PutRequest.newBuilder().setKey(key(random)).setValue(value(random));
      if (kind < 9) {
        assertThat(kv.put(put.build()).hasKv()).isTrue();
      } else if (kind == 9) {
        assertThat(kv.put(put.setTtl(Durations.fromSeconds(20)).build()).hasKv()).isTrue();
      } else if (kind == 10) {
        withSession(server, put, random);
      } else if (kind < 15) {
        assertThat(kv.delete(DeleteRequest.newBuilder().setKey(key(random)).build()).hasInfo())
            .isTrue();
      } else if (kind < 19) {
        assertThat(kv.txn(txn(random)).getSucceeded()).isTrue();
      } else {
        server.node.expireKeys();
        trim(server, random);
      }
    }
    return null;
  }

  private static void withSession(TestServer server, PutRequest.Builder put, Random random) {
    long before = server.node.log.appliedIndex();
    assertThat(server.node.openSession("s", Duration.ofSeconds(9)).join()).isNotNull();
    long session = before + 1;
    KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(server.channel);
    for (int i = 0; i <= random.nextInt(4); i++) {
      assertThat(kv.put(put.setKey(key(random)).setSessionId("" + session).build()).hasKv())
          .isTrue();
    }
    server.node.expire(session);
  }

  private static TxnRequest txn(Random random) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = random.nextInt(12); i >= 0; i--) {
      Op.Builder op = Op.newBuilder();
      switch (random.nextInt(8)) {
        case 0 -> op.setDeleteKey(key(random));
        case 1 -> op.setDeletePrefix(random.nextBoolean() ? "a/1" : "b/");
        case 2 -> op.setGetKey(key(random));
        default -> op.setPut(Op.PutOp.newBuilder().setKey(key(random)).setValue(value(random)));
      }
      txn.addSuccess(op);
    }
    return txn.build();
  }

  /** Trims the log, and drops old states. */
  private static void trim(TestServer server, Random random) {
    long applied = server.node.log.appliedIndex();
    server.node.log.trim(Math.max(1, applied - random.nextInt(200)));
    server.node.log.forgetStates(Math.max(0, applied - random.nextInt(100)));
  }

  // ---- watchers

  /** One watcher, whose knowledge outlives its watches. */
  private static final class Following {
    private final TestServer server;
    private final Random random;
    private final AtomicInteger checks;
    private final WatchedKeys keys;
    private Map<String, KeyValue> pairs = new TreeMap<>();
    private long index;
    private boolean lost = true;
    private boolean fragmented;

    private Following(TestServer server, Random random, AtomicInteger checks) {
      this.checks = checks;
      this.server = server;
      this.random = random;
      this.keys = WatchedKeys.of(random);
    }

    /** Follows to the end. */
    private Void follow(AtomicBoolean done) {
      while (!done.get() || index < server.node.log.appliedIndex()) {
        watch();
      }
      return null;
    }

    private void watch() {
      KvWatchRequest.Builder request =
          KvWatchRequest.newBuilder()
              .setKey(keys.key())
              .setPrefix(keys.prefix())
              .setPrevious(keys.previous())
              .setProgressInterval(Durations.fromMillis(100));
      if (lost) {
        request.setInitialState(true);
      } else {
        request.setStartIndex(index + 1);
      }
      fragmented = false;
      KvWatcher watcher = KvWatcher.open(server.channel, request.build(), pairs);
      for (int messages = 1 + random.nextInt(100); messages > 0; messages--) {
        if (random.nextInt(40) == 0) {
          stall();
        }
        if (!take(watcher)) {
          return;
        }
      }
      watcher.cancel();
    }

    private boolean take(KvWatcher watcher) {
      KvWatchResponse message = watcher.nextOrCompacted();
      if (message == null) {
        lost = true;
        pairs = new TreeMap<>();
        return false;
      }
      if (message.hasChanges()) {
        previous(message.getChanges());
      }
      boolean whole = message.hasProgress() || message.hasChanges();
      if (whole && !watcher.isWithin()) {
        lost = false;
        index = watcher.index();
        assertThat(watcher.pairs)
            .as("at %d", index)
            .isEqualTo(keys.pairs(server.node.log.truth(index)));
        checks.incrementAndGet();
      }
      return true;
    }

    /** Checks previous values: they may be missing, but not wrong. */
    private void previous(KvWatchResponse.Changes changes) {
      boolean whole = !changes.getFragment() && !fragmented && !changes.getInitial();
      fragmented = changes.getFragment();
      if (!whole) {
        return;
      }
      State then = server.node.log.truth(changes.getIndex() - 1);
      Set<String> seen = new TreeSet<>();
      for (KvWatchResponse.Change change : changes.getItemsList()) {
        KeyValue before = change.getPrevious();
        if (seen.add(change.getKv().getKey()) && change.hasPrevious()) {
          assertThat(before)
              .isEqualTo(KvMessages.pair(Objects.requireNonNull(then.get(before.getKey()))));
        }
      }
    }

    /** Requests no message for a while. */
    private void stall() {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(150)));
    }
  }
}
