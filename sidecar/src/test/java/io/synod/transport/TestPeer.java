package io.synod.transport;

import static org.awaitility.Awaitility.await;

import io.synod.paxos.value.Ballot;
import io.synod.paxos.value.Batch;
import io.synod.paxos.value.Command;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A node on loopback that records the messages it receives. */
final class TestPeer implements AutoCloseable {
  static final long CLUSTER = 77;

  /** Kept, or the level would be forgotten: what these tests do to gRPC, it tells at length. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  static {
    GRPC.setLevel(Level.OFF);
  }

  static final Ballot BALLOT = new Ballot(3, 0, 1, 11);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  final GrpcPeers peers;
  final BlockingQueue<Input.Received> inputs = new LinkedBlockingQueue<>();
  final AtomicInteger reconnections = new AtomicInteger();
  final AtomicInteger refusals = new AtomicInteger();

  private TestPeer(PeerSettings settings) {
    this.peers = new GrpcPeers(settings);
  }

  static TestPeer start(PeerSettings settings) throws IOException {
    TestPeer peer = new TestPeer(settings);
    try {
      peer.peers.start(peer::onInput);
    } catch (IOException busy) {
      peer.close();
      throw busy;
    }
    return peer;
  }

  /** Node {@code node} of {@link #CLUSTER} on {@code port}, with one other. */
  static PeerSettings settings(int node, int port, int other, int otherPort) {
    return PeerSettings.of(
        CLUSTER, node, 100 + node, loopback(port), Map.of(other, loopback(otherPort)));
  }

  static PeerAddress loopback(int port) {
    return new PeerAddress("127.0.0.1", port);
  }

  static int freePort(String host) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return socket.getLocalPort();
    }
  }

  static Message.Heartbeat heartbeat(long id) {
    return new Message.Heartbeat(id, BALLOT, true, true, 1, 1, List.of());
  }

  static Message.Accept accept(long slot, int bytes) {
    return new Message.Accept(BALLOT, slot, Batch.of(1, List.of(Command.of(new byte[bytes]))), 0);
  }

  private void onInput(Input input) {
    if (input instanceof Input.Received received) {
      inputs.add(received);
    } else if (input instanceof Input.Reconnected) {
      reconnections.incrementAndGet();
    } else if (input instanceof Input.ConnectionRefused) {
      refusals.incrementAndGet();
    }
  }

  TestPeer connectedTo(int other) {
    await().atMost(PATIENCE).until(() -> traffic(other).connected());
    return this;
  }

  PeerTraffic traffic(int other) {
    PeerTraffic traffic = peers.traffic().get(other);
    if (traffic == null) {
      throw new IllegalArgumentException("no peer " + other);
    }
    return traffic;
  }

  Input.Received receive() throws InterruptedException {
    Input.Received received = inputs.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (received == null) {
      throw new AssertionError("nothing was heard");
    }
    return received;
  }

  @Override
  public void close() {
    peers.close();
  }
}
