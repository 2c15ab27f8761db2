package io.synod.storage.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.synod.paxos.value.Bytes;
import io.synod.runtime.port.JournalException;
import io.synod.runtime.port.StreamWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests streams that are deleted or replaced while they are being read. */
class MapDbStreamStoreTest {
  private static final StreamStore.Label LABEL = new StreamStore.Label("some", 1);
  private static final StreamStore.Label OTHER = new StreamStore.Label("some", 2);

  @TempDir Path directory = Path.of("replaced");

  private MapDbStreamStore files;

  @BeforeEach
  void open() {
    files = MapDbStreamStore.open(directory, 7);
  }

  @AfterEach
  void close() {
    files.close();
  }

  private StreamWriter stage(StreamStore.Label label) {
    byte[] content = new byte[9 << 20];
    new Random(1).nextBytes(content);
    StreamWriter streamWriter = files.stage(label, Bytes.EMPTY);
    streamWriter.append(content);
    return streamWriter;
  }

  private void seal(StreamStore.Label label) {
    try (StreamWriter streamWriter = stage(label)) {
      streamWriter.seal();
    }
  }

  private List<String> names() {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Waits until the removals that were possible before this call are done. */
  private void letGo() {
    seal(OTHER);
    files.delete(OTHER);
    await().until(() -> names().stream().noneMatch(name -> name.contains("-0000000000000002")));
  }

  @Test
  void removesAStreamOnceNobodyReadsIt() {
    seal(LABEL);
    try (StreamStore.StoredStream second = Objects.requireNonNull(files.open(LABEL))) {
      try (StreamStore.StoredStream first = Objects.requireNonNull(files.open(LABEL))) {
        files.delete(LABEL);
        assertThat(files.labels("some")).isEmpty();
        assertThat(files.open(LABEL)).isNull();
        first.verify();
      }
      letGo();
      assertThat(names()).singleElement().asString().endsWith(".tmp");
      second.verify();
    }
    await().until(() -> names().isEmpty());
  }

  @Test
  void removesTheOneBeforeOnceItIsSealedAnewAndNobodyReadsIt() {
    seal(LABEL);
    try (StreamStore.StoredStream before = Objects.requireNonNull(files.open(LABEL))) {
      seal(LABEL);
      letGo();
      assertThat(names()).hasSize(2);
      before.verify();
    }
    await().until(() -> names().size() == 1);
    try (StreamStore.StoredStream anew = Objects.requireNonNull(files.open(LABEL))) {
      anew.verify();
    }
  }

  @Test
  void removesWhatWasStagedAndNotSealed() {
    stage(LABEL).close();
    await().until(() -> names().isEmpty());
  }

  @Test
  void keepsAStreamThatCannotBeDeleted() throws IOException {
    seal(LABEL);
    Path away = directory.resolveSibling(directory.getFileName() + "-away");
    Files.move(directory, away);
    assertThatThrownBy(() -> files.delete(LABEL)).isInstanceOf(JournalException.class);
    Files.move(away, directory);
    assertThat(files.labels("some")).containsExactly(LABEL);
    files.delete(LABEL);
    assertThat(files.labels("some")).isEmpty();
    close();
    open();
    assertThat(files.labels("some")).isEmpty();
  }

  @Test
  void findsItGoneIfSomebodyElseRemovedIt() throws IOException {
    seal(LABEL);
    Path file = directory.resolve(names().get(0));
    try (StreamStore.StoredStream held = Objects.requireNonNull(files.open(LABEL))) {
      Files.delete(file);
      files.delete(LABEL);
      seal(LABEL);
      held.verify();
    }
    letGo();
    assertThat(file).exists();
    try (StreamStore.StoredStream anew = Objects.requireNonNull(files.open(LABEL))) {
      anew.verify();
    }
  }

  /** Opens the new file as soon as it has its name, and then deletes it. */
  @Test
  void isReadToItsEndThoughItWasOpenedTheMomentItWasSealedAnew() throws Exception {
    for (int round = 0; round < 10; round++) {
      seal(LABEL);
      StreamWriter again = stage(LABEL);
      Path staged = directory.resolve(names().get(0));
      assertThat(staged.toString()).endsWith(".tmp");
      CountDownLatch watches = new CountDownLatch(1);
      CompletableFuture<StreamStore.StoredStream> opened =
          CompletableFuture.supplyAsync(
              () -> {
                watches.countDown();
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                while (Files.exists(staged) && System.nanoTime() < end) {
                  Thread.onSpinWait();
                }
                return Objects.requireNonNull(files.open(LABEL));
              });
      assertThat(watches.await(20, TimeUnit.SECONDS)).isTrue();
      again.seal();
      try (StreamStore.StoredStream kept = opened.get(20, TimeUnit.SECONDS)) {
        files.delete(LABEL);
        letGo();
        kept.verify();
      }
      await().until(() -> names().isEmpty());
    }
  }
}
