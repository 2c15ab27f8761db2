package io.synod.transport;

import static org.awaitility.Awaitility.await;

import io.synod.net.Dns;
import io.synod.paxos.value.Input;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A node as a process: greets one other node every 20 ms, and prints each disk that it hears anew.
 */
final class PeerProcess {
  private final AtomicLong lastHeard = new AtomicLong();

  private PeerProcess() {}

  /** Its node, disk, address and port, then the other's node, name and port. */
  public static void main(String[] args) throws Exception {
    Dns.configure();
    int other = Integer.parseInt(args[4]);
    PeerSettings settings =
        PeerSettings.of(
            TestPeer.CLUSTER,
            Integer.parseInt(args[0]),
            Long.parseLong(args[1]),
            new PeerAddress(args[2], Integer.parseInt(args[3])),
            Map.of(other, new PeerAddress(args[5], Integer.parseInt(args[6]))));
    PeerProcess process = new PeerProcess();
    try (GrpcPeers peers = new GrpcPeers(settings)) {
      peers.start(process::onInput);
      System.out.println("ready");
      AtomicLong id = new AtomicLong();
      await()
          .forever()
          .pollInterval(Duration.ofMillis(20))
          .until(
              () -> {
                peers.send(other, TestPeer.heartbeat(id.incrementAndGet()));
                return System.in.available() > 0;
              });
    }
  }

  private void onInput(Input input) {
    if (input instanceof Input.Received received
        && lastHeard.getAndSet(received.incarnation()) != received.incarnation()) {
      System.out.println("heard " + received.incarnation());
    }
  }
}
