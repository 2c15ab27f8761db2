package io.synod.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.synod.paxos.value.Proposal;
import io.synod.paxos.value.Recovered;
import io.synod.runtime.port.ChosenSlot;
import io.synod.runtime.port.Journal;
import io.synod.runtime.port.StoredSnapshot;
import io.synod.storage.directory.DataDirectory;
import io.synod.storage.tail.SampleWrites;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests recovery of a real directory whose writing process is killed again and again at random
 * moments, while the directory grows, is sealed, trimmed and overtaken by installed snapshots.
 * Everything that the process reported as synced is there after each kill, and nothing that it
 * cannot have written. {@code -Dkills=1000} makes it longer.
 */
class KillIT {
  private static final int KILLS = Integer.getInteger("kills", 200);
  // How many slots one cycle of the child may write beyond those it reported.
  private static final int CYCLE_SLOTS = 4 + KillChild.JUMP_SLOTS;

  @TempDir Path parent = Path.of("replaced");

  @Test
  void losesNothingThatWasSyncedWheneverItIsKilled() throws Exception {
    // Two processes run at a time, since most of the time is spent on starting them.
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      List<Callable<Long>> lives =
          List.of(
              () -> new Life(parent.resolve("first"), 11).liveAndDie(KILLS / 2),
              () -> new Life(parent.resolve("second"), 12).liveAndDie(KILLS / 2));
      for (Future<Long> applied : executor.invokeAll(lives)) {
        assertThat(applied.get()).isGreaterThan(KILLS * 5 / 2);
      }
    } finally {
      executor.shutdownNow();
    }
  }

  /** One directory and its known contents, used by one thread. */
  private static final class Life {
    private final Path directory;
    private final Random random;
    private long synced;
    private long applied;
    private long promised;
    private long newest;

    Life(Path directory, long seed) {
      this.directory = directory;
      this.random = new Random(seed);
    }

    long liveAndDie(int kills) throws IOException, InterruptedException {
      int printed = 0;
      for (int kill = 1; kill <= kills; kill++) {
        long before = synced;
        runAndKill();
        printed += synced > before ? 1 : 0;
        audit(kill % 20 == 0);
      }
      assertThat(printed).isGreaterThan(kills / 3);
      return applied;
    }

    private void runAndKill() throws IOException, InterruptedException {
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xshare:auto",
                  "-Xmx128m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  KillChild.class.getName(),
                  directory.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      // Some are killed during start and recovery, most after this many cycles and a random moment.
      int cycles = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(60);
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
        if (cycles == 0) {
          child.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS);
        }
        String line = "";
        for (int i = 0; i < cycles && line != null; i++) {
          line = output.readLine();
          note(line);
        }
        child.waitFor(random.nextInt(3_000), TimeUnit.MICROSECONDS);
        // Process.destroyForcibly would close the pipe, and lose the last lines.
        child.toHandle().destroyForcibly();
        for (line = output.readLine(); line != null; line = output.readLine()) {
          note(line);
        }
      } finally {
        child.destroyForcibly();
      }
      assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).as("the child was killed").isEqualTo(137);
    }

    private void note(@Nullable String line) {
      // The last line may be cut by the kill; a complete one ends in a dot.
      if (line != null && line.endsWith(".")) {
        String[] numbers = line.substring(0, line.length() - 1).split(" ", 3);
        synced = Long.parseLong(numbers[0]);
        applied = Long.parseLong(numbers[1]);
        promised = Long.parseLong(numbers[2]);
      }
    }

    private void audit(boolean everything) {
      try (DataDirectory data =
          DataDirectory.open(
              directory, KillChild.CLUSTER, 1, KillChild.SETTINGS, SampleWrites.clock())) {
        Recovered recovered = data.journal().recovered();
        List<Proposal> accepted = recovered.accepted();
        long last = recovered.archivedThrough() + accepted.size();
        assertThat(last).isBetween(synced, synced + CYCLE_SLOTS);
        assertThat(recovered.chosenThrough()).isBetween(applied, last);
        long acceptedRound =
            accepted.isEmpty() ? 0 : accepted.get(accepted.size() - 1).ballot().round();
        assertThat(recovered.promised().round())
            .isBetween(Math.max(promised, acceptedRound), KillChild.round(last));
        for (int i = 0; i < accepted.size(); i++) {
          assertThat(accepted.get(i))
              .isEqualTo(KillChild.proposal(recovered.archivedThrough() + 1 + i));
        }
        long oldest = data.journal().oldestSlot();
        long from = everything ? oldest : Math.max(oldest, recovered.chosenThrough() - 20);
        List<ChosenSlot> read = data.journal().read(from, recovered.chosenThrough(), 1 << 30);
        assertThat(read).hasSize((int) (recovered.chosenThrough() - from + 1));
        for (int i = 0; i < read.size(); i++) {
          assertThat(read.get(i).proposal()).isEqualTo(KillChild.proposal(from + i));
          assertThat(read.get(i).firstIndex()).isEqualTo(KillChild.mark(from + i - 1).index() + 1);
        }
        auditSnapshot(data.journal(), recovered.chosenThrough());
        synced = last;
        applied = recovered.chosenThrough();
        promised = recovered.promised().round();
      }
    }

    private void auditSnapshot(Journal journal, long chosenThrough) {
      long slot = 0;
      try (StoredSnapshot snapshot = journal.snapshot()) {
        if (snapshot != null) {
          slot = snapshot.mark().slot();
          assertThat(snapshot.mark()).isEqualTo(KillChild.mark(slot));
          assertThat(SampleWrites.all(snapshot.stream()))
              .isEqualTo(SampleWrites.content(slot, KillChild.snapshotBytes(slot)));
        }
      }
      assertThat(slot).isBetween(newest, chosenThrough);
      assertThat(journal.oldestSlot()).isLessThanOrEqualTo(slot + 1);
      newest = slot;
    }
  }
}
