package io.synod.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.synod.paxos.value.Formation;
import io.synod.paxos.value.Input;
import io.synod.paxos.value.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GrpcPeersTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private int portOne;
  private int portTwo;

  @BeforeEach
  void findPorts() throws IOException {
    portOne = TestPeer.freePort("127.0.0.1");
    portTwo = TestPeer.freePort("127.0.0.1");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable peer : opened) {
      peer.close();
    }
  }

  @Test
  void carriesEveryKindOfMessageBothWays() throws Exception {
    TestPeer one = one();
    TestPeer two = two();
    one.connectedTo(2);
    two.connectedTo(1);
    Formation formation = new Formation(Map.of(2, 102L));
    two.peers.formed(formation);
    for (Message message : new Messages(1).oneOfEach()) {
      one.peers.send(2, message);
      assertThat(two.receive()).isEqualTo(new Input.Received(1, 101, 0, message));
      two.peers.send(1, message);
      assertThat(one.receive()).isEqualTo(new Input.Received(2, 102, formation.digest(), message));
    }
    assertThat(one.traffic(2).framesDropped()).isZero();
    assertThat(one.traffic(2).framesOut()).isEqualTo(two.traffic(1).framesIn());
    assertThat(one.traffic(2).bytesOut()).isEqualTo(two.traffic(1).bytesIn()).isPositive();
    assertThat(one.traffic(2).connections()).isEqualTo(3);
  }

  @Test
  void dropsAndCountsWhatNobodyCanHear() throws Exception {
    TestPeer one = one();
    one.peers.send(2, TestPeer.heartbeat(1));
    one.peers.send(2, TestPeer.accept(1, 10));
    assertThat(one.traffic(2).framesDropped()).isEqualTo(2);
    assertThat(one.traffic(2).connected()).isFalse();
  }

  @Test
  void refusesAPeerOfAnotherCluster() throws Exception {
    TestPeer one = one();
    PeerSettings same = TestPeer.settings(2, portTwo, 1, portOne);
    TestPeer foreign =
        open(
            PeerSettings.of(
                TestPeer.CLUSTER + 1, 2, same.incarnation(), same.bind(), same.peers()));
    await().atMost(PATIENCE).until(() -> one.peers.refusedStreams() >= 2);
    await().atMost(PATIENCE).until(() -> foreign.peers.refusedStreams() >= 2);
    foreign.peers.send(1, TestPeer.heartbeat(1));
    one.peers.send(2, TestPeer.heartbeat(1));
    assertThat(one.traffic(2).connected()).isFalse();
    assertThat(one.inputs).isEmpty();
    assertThat(foreign.inputs).isEmpty();
  }

  @Test
  void refusesACallerThatMeansAnotherNode() throws Exception {
    TestPeer two = two();
    TestPeer misled = open(TestPeer.settings(1, portOne, 3, portTwo));
    await().atMost(PATIENCE).until(() -> two.peers.refusedStreams() >= 2);
    assertThat(misled.traffic(3).connected()).isFalse();
  }

  @Test
  void refusesACallerThatIsNoPeer() throws Exception {
    TestPeer two = two();
    open(TestPeer.settings(9, TestPeer.freePort("127.0.0.1"), 2, portTwo));
    await().atMost(PATIENCE).until(() -> two.peers.refusedStreams() >= 2);
    assertThat(two.inputs).isEmpty();
  }

  @Test
  void talksAgainSoonAfterAPeerRestarted() throws Exception {
    TestPeer one = one();
    TestPeer two = two();
    one.connectedTo(2);
    for (int restart = 0; restart < 3; restart++) {
      two.close();
      await().atMost(PATIENCE).until(() -> !one.traffic(2).connected());
      two = two();
      long began = System.nanoTime();
      Input.Received first = null;
      while (first == null) {
        one.peers.send(2, TestPeer.heartbeat(restart));
        first = two.inputs.poll(5, TimeUnit.MILLISECONDS);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void reportsThatTheHostOfAPeerRefusesConnections() throws Exception {
    TestPeer one = one();
    TestPeer two = two();
    one.connectedTo(2);
    two.close();
    await().atMost(PATIENCE).until(() -> one.refusals.get() > 0);
  }

  @Test
  void reportsNoRefusalWhileTheAddressOfAPeerAcceptsConnections() throws Exception {
    two();
    Relay relay = new Relay(portTwo);
    opened.add(relay);
    TestPeer one = open(TestPeer.settings(1, portOne, 2, relay.port()));
    one.connectedTo(2);
    long connections = one.traffic(2).connections();
    relay.disconnect();
    await().atMost(PATIENCE).until(() -> one.traffic(2).connections() >= connections + 3);
    assertThat(one.refusals).hasValue(0);
  }

  @Test
  void keepsHeartbeatsGoingWhileAPeerHasNoRoomForBatches() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    AtomicInteger heartbeats = new AtomicInteger();
    PeerSettings settings = TestPeer.settings(2, portTwo, 1, portOne);
    GrpcPeers two = new GrpcPeers(settings);
    // First: no connection ends while the thread that serves it waits.
    opened.add(stuck::countDown);
    opened.add(two);
    two.start(
        input -> {
          if (!(input instanceof Input.Received received)) {
            return;
          }
          if (received.message() instanceof Message.Accept) {
            awaitQuietly(stuck);
          } else {
            heartbeats.incrementAndGet();
          }
        });
    int budget = 4 << 20;
    TestPeer one = open(TestPeer.settings(1, portOne, 2, portTwo).withBounds(8 << 20, budget));
    one.connectedTo(2);
    Message batch = TestPeer.accept(1, 1 << 20);
    for (int i = 0; i < 200; i++) {
      one.peers.send(2, batch);
    }
    long accepted = one.traffic(2).framesOut();
    // The budget, one frame above it, and what both ends' windows and sockets hold.
    assertThat(accepted).isBetween(4L, 24L);
    assertThat(one.traffic(2).framesDropped()).isEqualTo(200 - accepted);
    for (int i = 0; i < 100; i++) {
      one.peers.send(2, TestPeer.heartbeat(i));
    }
    await().atMost(PATIENCE).until(() -> heartbeats.get() == 100);
    assertThat(stuck.getCount()).isEqualTo(1);
    stuck.countDown();
    await().atMost(PATIENCE).until(() -> trafficOf(two).framesIn() == 100 + accepted);
  }

  @Test
  void doesNotSendWhatIsLargerThanPeersTake() throws Exception {
    TestPeer one = open(TestPeer.settings(1, portOne, 2, portTwo).withBounds(1000, 1 << 20));
    TestPeer two = open(TestPeer.settings(2, portTwo, 1, portOne).withBounds(1000, 1 << 20));
    one.connectedTo(2);
    one.peers.send(2, TestPeer.accept(1, 1000));
    one.peers.send(2, TestPeer.accept(2, 500));
    assertThat(two.receive().message()).isEqualTo(TestPeer.accept(2, 500));
    assertThat(one.traffic(2).framesOversize()).isEqualTo(1);
  }

  @Test
  void namesTheAddressItCannotListenOn() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> open(TestPeer.settings(1, port, 2, portTwo)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + port);
    }
    PeerSettings nowhere =
        PeerSettings.of(1, 1, 1, new PeerAddress("no.such.host.invalid", 1), Map.of());
    assertThatThrownBy(() -> open(nowhere))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot listen on no.such.host.invalid:1");
  }

  private static PeerTraffic trafficOf(GrpcPeers peers) {
    return peers.traffic().values().iterator().next();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private TestPeer one() throws IOException {
    return open(TestPeer.settings(1, portOne, 2, portTwo));
  }

  private TestPeer two() throws IOException {
    return open(TestPeer.settings(2, portTwo, 1, portOne));
  }

  private TestPeer open(PeerSettings settings) throws IOException {
    TestPeer peer = TestPeer.start(settings);
    opened.add(peer);
    return peer;
  }
}
