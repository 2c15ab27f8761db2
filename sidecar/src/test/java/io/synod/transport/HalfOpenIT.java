package io.synod.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection whose other end is gone, though TCP goes on acknowledging. */
@Tag("alone")
@Timeout(120)
class HalfOpenIT {
  /** gRPC probes a client's connection after 10 s at the earliest, and waits 2 s. */
  private static final Duration FOUND_OUT = Duration.ofSeconds(20);

  @Test
  void findsOutThatNobodyIsThereAndDialsAgain() throws Exception {
    int portOne = TestPeer.freePort("127.0.0.1");
    int portTwo = TestPeer.freePort("127.0.0.1");
    try (Relay relay = new Relay(portTwo);
        TestPeer one = TestPeer.start(TestPeer.settings(1, portOne, 2, relay.port()));
        TestPeer two = TestPeer.start(TestPeer.settings(2, portTwo, 1, portOne))) {
      one.connectedTo(2);
      one.peers.send(2, TestPeer.heartbeat(1));
      two.receive();
      relay.swallow();
      one.peers.send(2, TestPeer.heartbeat(2));
      long began = System.nanoTime();
      await()
          .atMost(FOUND_OUT)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                one.peers.send(2, TestPeer.heartbeat(3));
                return !two.inputs.isEmpty();
              });
      assertThat(two.receive().message()).isEqualTo(TestPeer.heartbeat(3));
      long millis = (System.nanoTime() - began) / 1_000_000;
      System.out.println("talking again after the connection was swallowed: " + millis + " ms");
    }
  }
}
