package io.synod.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.synod.paxos.value.Input;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the peers' port with clients that speak gRPC and are not correct peers. */
@Timeout(60)
class InboundTest {
  private static final Input.Received RECEIVED =
      new Input.Received(2, 102, 0, TestPeer.heartbeat(7));
  private static final byte[] SOUND = new WireCodec(TestPeer.CLUSTER).encode(RECEIVED);

  private TestPeer one;

  @BeforeEach
  void start() throws Exception {
    PeerSettings settings =
        PeerSettings.of(
            TestPeer.CLUSTER,
            1,
            101,
            TestPeer.loopback(0),
            Map.of(2, TestPeer.loopback(TestPeer.freePort("127.0.0.1"))));
    one = TestPeer.start(settings.withBounds(64 << 10, 1 << 20));
  }

  @AfterEach
  void close() {
    one.close();
  }

  @Test
  void dropsMalformedFramesAndHearsTheNext() throws Exception {
    Random random = new Random(1);
    byte[] noise = new byte[300];
    try (RawPeer peer = RawPeer.asPeer(one.peers.port())) {
      for (int i = 0; i < 50; i++) {
        random.nextBytes(noise);
        noise[0] = 7; // no field has wire type 7
        peer.send(noise).send(Arrays.copyOf(SOUND, SOUND.length - 1)).send(new byte[0]);
      }
      peer.send(SOUND);
      assertThat(one.receive()).isEqualTo(RECEIVED);
      assertThat(one.traffic(2).framesMalformed()).isEqualTo(150);
    }
  }

  @Test
  void dropsFramesInTheNameOfAnother() throws Exception {
    Input.Received pretended = new Input.Received(3, 103, 0, TestPeer.heartbeat(8));
    try (RawPeer peer = RawPeer.asPeer(one.peers.port())) {
      peer.send(new WireCodec(TestPeer.CLUSTER).encode(pretended)).send(SOUND);
      assertThat(one.receive()).isEqualTo(RECEIVED);
      assertThat(one.traffic(2).framesMalformed()).isEqualTo(1);
    }
  }

  @Test
  void endsAStreamThatTurnsOutToBeOfAnotherCluster() throws Exception {
    try (RawPeer peer = RawPeer.asPeer(one.peers.port())) {
      peer.send(new WireCodec(TestPeer.CLUSTER + 1).encode(RECEIVED)).send(SOUND).send(SOUND);
      assertThat(ending(peer).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
      assertThat(one.peers.refusedStreams()).isEqualTo(1);
      assertThat(one.inputs).isEmpty();
    }
    hearsASoundPeer();
  }

  @Test
  void refusesACallerThatDoesNotSayWhoItIs() throws Exception {
    Metadata wrong = new Metadata();
    wrong.put(Metadata.Key.of("synod-cluster", Metadata.ASCII_STRING_MARSHALLER), "x");
    wrong.put(Metadata.Key.of("synod-from", Metadata.ASCII_STRING_MARSHALLER), "two");
    wrong.put(Metadata.Key.of("synod-to", Metadata.ASCII_STRING_MARSHALLER), "1");
    wrong.put(Metadata.Key.of("synod-process", Metadata.ASCII_STRING_MARSHALLER), "-");
    for (Metadata headers : new Metadata[] {new Metadata(), wrong}) {
      try (RawPeer peer = new RawPeer(one.peers.port(), headers, CallOptions.DEFAULT)) {
        peer.send(SOUND);
        assertThat(ending(peer).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
      }
    }
    assertThat(one.peers.refusedStreams()).isEqualTo(2);
    hearsASoundPeer();
  }

  @Test
  void endsAStreamWithAFrameAboveItsBound() throws Exception {
    try (RawPeer peer = RawPeer.asPeer(one.peers.port())) {
      peer.send(new byte[(64 << 10) + 1]);
      assertThat(ending(peer).getCode())
          .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.CANCELLED);
    }
    assertThat(one.inputs).isEmpty();
    hearsASoundPeer();
  }

  @Test
  void takesNothingCompressed() throws Exception {
    Handshake handshake = new Handshake(TestPeer.CLUSTER, 2, 1, 5, 1, new PeerStanding(0, false));
    CallOptions gzip = CallOptions.DEFAULT.withCompression("gzip");
    try (RawPeer peer = new RawPeer(one.peers.port(), handshake.headers(), gzip)) {
      peer.send(SOUND);
      assertThat(ending(peer).getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }
    assertThat(one.inputs).isEmpty();
    hearsASoundPeer();
  }

  @Test
  void servesPeersWhileOthersDoNotSpeakItsProtocol() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), one.peers.port())) {
      socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      hearsASoundPeer();
    }
    hearsASoundPeer();
  }

  private void hearsASoundPeer() throws InterruptedException {
    try (RawPeer peer = RawPeer.asPeer(one.peers.port())) {
      peer.send(SOUND);
      assertThat(one.receive()).isEqualTo(RECEIVED);
    }
  }

  private static Status ending(RawPeer peer) throws Exception {
    return peer.end.get(20, TimeUnit.SECONDS);
  }
}
