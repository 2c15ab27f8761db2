package io.synod.api.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.api.LogWatcher;
import io.synod.api.MemoryNode;
import io.synod.api.TestServer;
import io.synod.state.command.Entry;
import io.synod.v1.WatchRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Randomised test of watches: readers of all speeds that break off and resume read the same log.
 */
@Timeout(120)
final class WatchCampaignTest {
  private static final int WRITERS = 3;
  private static final int APPENDS = 3_000;
  private static final int READERS = 6;

  @Test
  void givesEveryReaderEveryEntryOnceInOrder() throws Exception {
    try (TestServer server = new TestServer()) {
      ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS);
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        long seed = i;
        writers.add(threads.submit(() -> write(server, new Random(seed))));
      }
      long last = 1 + 3L * WRITERS * APPENDS;
      List<Future<List<Long>>> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        long seed = 100L + i;
        Callable<List<Long>> reading = () -> read(server, new Random(seed), last);
        readers.add(threads.submit(reading));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      List<Long> expected = server.node.log.indexes();
      for (Future<List<Long>> reader : readers) {
        assertThat(reader.get()).isEqualTo(expected.subList(1, expected.size()));
      }
      threads.shutdown();
    }
  }

  /** Appends slots of three entries, of which the second sometimes has no effect. */
  private static void write(TestServer server, Random random) {
    for (int i = 0; i < APPENDS; i++) {
      Entry entry = MemoryNode.entry(Entry.Kind.COMMAND, 1, i + 1, random.nextInt(200));
      server.node.log.append(Arrays.asList(entry, random.nextInt(4) == 0 ? null : entry, entry));
    }
  }

  /** Reads to the end by many watches of a few messages each. */
  private static List<Long> read(TestServer server, Random random, long last) {
    List<Long> read = new ArrayList<>();
    long next = 2;
    while (next <= last) {
      WatchRequest request =
          WatchRequest.newBuilder()
              .setStartIndex(next)
              .setMaxBatchBytes(500 + random.nextInt(20_000))
              .build();
      LogWatcher watcher = LogWatcher.open(server, request);
      assertThat(watcher.started().getStartIndex()).isEqualTo(next);
      for (int messages = 1 + random.nextInt(60); messages > 0 && next <= last; messages--) {
        var message = watcher.next();
        for (io.synod.v1.Entry entry : message.getBatch().getEntriesList()) {
          read.add(entry.getIndex());
          next = entry.getIndex() + 1;
        }
        if (message.hasProgress()) {
          assertThat(message.getProgress().getIndex()).isGreaterThanOrEqualTo(next - 1);
          next = message.getProgress().getIndex() + 1;
        }
      }
      watcher.cancel();
    }
    return read;
  }
}
