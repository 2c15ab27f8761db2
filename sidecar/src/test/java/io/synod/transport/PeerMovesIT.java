package io.synod.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A peer comes back under its old name with a new address, as a pod does. Three processes; a hosts
 * file is their DNS. What is measured begins when the name leads to a node that already listens.
 */
@Tag("alone")
@Timeout(120)
class PeerMovesIT {
  private static final Duration TALKING_AGAIN = Duration.ofSeconds(2);
  private static final String OLD = "127.0.0.2";
  private static final String NEW = "127.0.0.3";

  @TempDir private Path directory;
  private Path hosts;
  private String stayingPort;
  private String movingPort;
  private ChildProcess staying;
  private ChildProcess before;

  @BeforeEach
  void meet() throws Exception {
    hosts = directory.resolve("hosts");
    stayingPort = Integer.toString(TestPeer.freePort("127.0.0.1"));
    movingPort = Integer.toString(TestPeer.freePort(OLD));
    name(OLD);
    before = moving(OLD, "200");
    staying =
        new ChildProcess(hosts, "1", "100", "127.0.0.1", stayingPort, "2", "moving", movingPort);
    before.awaitLine("heard 100");
    staying.awaitLine("heard 200");
  }

  @AfterEach
  void end() {
    before.close();
    staying.close();
  }

  @Test
  void talksAgainWithAPeerWhoseNameWasGoneForAWhile() throws Exception {
    before.close();
    name(null);
    try (ChildProcess after = moving(NEW, "300")) {
      after.awaitLine("ready");
      Duration gone = Duration.ofSeconds(6);
      await().pollDelay(gone).atMost(gone.multipliedBy(2)).until(() -> true);
      assertTalking(after, "after its name was gone");
    }
  }

  @Test
  void talksAgainWithAPeerThatMovesAtOnce() throws Exception {
    try (ChildProcess after = moving(NEW, "300")) {
      after.awaitLine("ready");
      before.close();
      assertTalking(after, "after it moved at once");
    }
  }

  @Test
  void talksAgainWithAPeerWhoseOldSelfNeverHungUp() throws Exception {
    before.freeze();
    name(NEW);
    try (ChildProcess after = moving(NEW, "300")) {
      after.awaitLine("ready");
      assertTalking(after, "after its old self froze");
    }
  }

  private void assertTalking(ChildProcess after, String when) throws Exception {
    name(NEW);
    long began = System.nanoTime();
    after.awaitLine("heard 100");
    staying.awaitLine("heard 300");
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.println("talking again " + when + ": " + took.toMillis() + " ms");
    assertThat(took).isLessThan(TALKING_AGAIN);
  }

  private ChildProcess moving(String address, String disk) throws IOException {
    return new ChildProcess(hosts, "2", disk, address, movingPort, "1", "staying", stayingPort);
  }

  /** Lets the moving peer's name lead to {@code address}, or nowhere if null. */
  private void name(@Nullable String address) throws IOException {
    Path written = directory.resolve("hosts.new");
    String moving = address == null ? "" : address + " moving\n";
    Files.writeString(written, "127.0.0.1 staying\n" + moving);
    Files.move(written, hosts, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
