package io.synod.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.synod.cli.shared.ExitStatus;
import io.synod.v1.KVGrpc;
import io.synod.v1.PutRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests a sidecar with a low limit of open files, and callers that open many connections. */
@Timeout(180)
class ConnectionLimitsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final byte[] HTTP2 =
      ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\4\0\0\0\0\0")
          .getBytes(StandardCharsets.ISO_8859_1);

  @TempDir private Path directory;
  private final List<Socket> sockets = new ArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private PackagedProgram limitedTo(int files, int peerPort) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command =
        new ArrayList<>(List.of("sh", "-c", "ulimit -n " + files + "; exec \"$@\"", "sh"));
    command.addAll(List.of(PackagedProgram.java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Xmx256m", "-cp", classPath, "io.synod.main.Synod", "serve"));
    command.addAll(List.of("--node=1", "--peers=1=127.0.0.1:" + peerPort));
    command.addAll(List.of("--api-port=0", "--http-port=0", "--storage-tail-file-bytes=64KiB"));
    command.addAll(List.of("--snapshot-log-bytes=64KiB", "--data=" + directory.resolve("data")));
    return PackagedProgram.run(directory, Map.of(), command);
  }

  private void connect(String address, int times, byte[] word) throws IOException {
    int colon = address.lastIndexOf(':');
    int port = Integer.parseInt(address.substring(colon + 1));
    for (int i = 0; i < times; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
      try {
        socket.getOutputStream().write(word);
      } catch (IOException refused) {
        // The sidecar refuses most of these connections.
      }
    }
  }

  private String get(String http, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + http + path))
            .timeout(Duration.ofSeconds(10))
            .build();
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return response.statusCode() + " " + response.body();
  }

  private static void put(ManagedChannel channel, int bytes) {
    KVGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .put(
            PutRequest.newBuilder()
                .setKey("k")
                .setValue(ByteString.copyFrom(new byte[bytes]))
                .build());
  }

  @Test
  void goesOnThoughConnectionsWouldUseUpAllOpenFiles() throws Exception {
    int peerPort = PackagedProgram.freePort();
    try (PackagedProgram program = limitedTo(300, peerPort)) {
      String api = program.await("serves api=(\\S+)");
      String http = program.await("http=(\\S+)");
      ManagedChannel channel =
          Grpc.newChannelBuilder(api, InsecureChannelCredentials.create()).build();
      try {
        put(channel, 1);
        connect(api, 400, HTTP2);
        connect("127.0.0.1:" + peerPort, 200, HTTP2);
        connect(http, 200, new byte[] {'G'});

        await().atMost(PATIENCE).until(() -> get(http, "/metrics").contains(refused("api")));
        assertThat(get(http, "/metrics"))
            .containsPattern("synod_api_connections_refused_total [1-9]")
            .containsPattern("synod_peer_connections_refused_total [1-9]")
            .containsPattern("synod_http_connections_evicted_total [1-9]")
            .contains("synod_api_connections_max 68.0");
        assertThat(get(http, "/status"))
            .contains("connections_limit:api", "connections_limit:peers");
        // Each put opens a file of the log's tail, and seals one.
        for (int i = 0; i < 60; i++) {
          put(channel, 48 << 10);
        }
        assertThat(get(http, "/livez")).startsWith("200 ");
        assertThat(program.process().isAlive()).isTrue();
        assertThat(program.err().lines().filter(line -> line.contains(" WARN ")).toList())
            .hasSizeLessThan(12)
            .anyMatch(line -> line.contains("68 connections of applications are taken"))
            .anyMatch(line -> line.contains("the API port refused a connection: 68 are open"));

        hangUp();
        ManagedChannel other =
            Grpc.newChannelBuilder(api, InsecureChannelCredentials.create()).build();
        try {
          await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> put(other, 1));
        } finally {
          other.shutdownNow();
        }
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static String refused(String port) {
    return "synod_" + port + "_connections_refused_total";
  }

  @Test
  void refusesToStartWithTooFewOpenFiles() throws Exception {
    try (PackagedProgram program = limitedTo(200, PackagedProgram.freePort())) {
      assertThat(program.exit()).isEqualTo(ExitStatus.ERROR);
      assertThat(program.err())
          .contains("this process may have 200 open files, and needs at least 264")
          .contains("ulimit -n");
    }
  }
}
