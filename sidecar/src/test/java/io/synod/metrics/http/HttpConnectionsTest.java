package io.synod.metrics.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.synod.metrics.MetricSource;
import io.synod.metrics.TestMetrics;
import io.synod.runtime.port.Observation;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests slow, idle and hostile clients of the HTTP port. */
@Timeout(60)
class HttpConnectionsTest {
  private static final Duration LONG = Duration.ofHours(1);
  private static final int MAX = 16;

  private final TestMetrics testMetrics = TestMetrics.wired();
  private final List<Socket> sockets = new ArrayList<>();
  private HttpPort port;

  HttpConnectionsTest() throws IOException {
    port = testMetrics.open(new HttpLimits(MAX, LONG, LONG, LONG));
    testMetrics.metrics.observe(new Observation.Turned(1, 1));
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    port.close();
  }

  private void reopen(HttpLimits limits) throws IOException {
    port.close();
    port = testMetrics.open(limits);
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(port.address(), 10_000);
    socket.setSoTimeout(30_000);
    sockets.add(socket);
    return socket;
  }

  private Socket assertReceives(String text) throws IOException {
    Socket socket = connect();
    send(socket, text);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** The next answer, whose body has a known length. */
  private static String answer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return head.toString();
      }
      head.append((char) next);
    }
    String length = head.toString().replaceAll("(?s).*Content-Length: (\\d+)\r\n.*", "$1");
    byte[] body = in.readNBytes(Integer.parseInt(length));
    return head + new String(body, StandardCharsets.UTF_8);
  }

  private String live() throws IOException {
    return answer(assertReceives("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"));
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  @Test
  void isLiveThoughManyCallersNeverEndTheirRequests() throws Exception {
    for (int i = 0; i < 4 * MAX; i++) {
      assertReceives("GET /livez HTTP/1.1\r\nHost: x\r\n");
    }
    for (int i = 0; i < 3; i++) {
      assertThat(live()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\n[+] loop turns\nok\n");
    }
    assertThat(port.connectionsEvicted()).isGreaterThanOrEqualTo(3 * MAX);
  }

  @Test
  void isLiveThoughManyCallersSayNothingOrOneByteAtATime() throws Exception {
    for (int i = 0; i < MAX; i++) {
      connect();
      assertReceives("G");
    }
    assertThat(live()).startsWith("HTTP/1.1 200 OK\r\n");
  }

  @Test
  void isLiveWhileEverythingElseIsBusy() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    testMetrics.metrics.read(
        MetricSource.WATCHES_OPEN,
        () -> {
          try {
            hangs.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return 1;
        });
    try {
      for (int i = 0; i < MAX - 1; i++) {
        assertReceives("GET /metrics HTTP/1.1\r\n\r\n");
      }
      assertThat(live()).startsWith("HTTP/1.1 200 OK\r\n");
    } finally {
      hangs.countDown();
    }
  }

  @Test
  void closesTheLongestSilentOneForTheNewest() throws Exception {
    Socket first = connect();
    assertThat(live()).contains("200 OK");
    for (int i = 0; i < MAX - 2; i++) {
      Socket asked = connect();
      send(asked, "GET /livez HTTP/1.1\r\n\r\n");
      assertThat(answer(asked)).contains("200 OK");
    }
    Socket last = assertReceives("GET /livez HTTP/1.1\r\n\r\n");

    assertThat(answer(last)).contains("200 OK");
    assertThat(isClosed(first)).isTrue();
    send(last, "GET /readyz HTTP/1.1\r\n\r\n");
    assertThat(answer(last)).contains("503 Service Unavailable");
  }

  @Test
  void closesAConnectionThatAsksNothing() throws Exception {
    reopen(new HttpLimits(MAX, Duration.ofMillis(300), LONG, LONG));
    assertThat(isClosed(connect())).isTrue();
  }

  @Test
  void closesAConnectionThatDoesNotEndItsRequest() throws Exception {
    reopen(new HttpLimits(MAX, LONG, Duration.ofMillis(300), LONG));
    Socket slow = connect();
    send(slow, "GET /livez HTTP/1.1\r\nX: ");
    assertThat(isClosed(slow)).isTrue();
  }

  @Test
  void closesAConnectionThatDoesNotReadItsAnswer() throws Exception {
    reopen(new HttpLimits(MAX, LONG, LONG, Duration.ofMillis(300)));
    Socket deaf = new Socket();
    sockets.add(deaf);
    deaf.setReceiveBufferSize(1 << 10);
    deaf.connect(port.address(), 10_000);
    // Its requests wait for room once the port waits for it, and fail once that ended.
    assertThatThrownBy(
            () -> {
              while (true) {
                send(deaf, "GET /metrics HTTP/1.1\r\n\r\n");
              }
            })
        .isInstanceOf(SocketException.class);
  }

  @Test
  void answersRequestsThatCameTogetherInTheirOrder() throws Exception {
    Socket socket =
        assertReceives(
            "GET /livez HTTP/1.1\r\n\r\nGET /status HTTP/1.1\nHost: x\n\n"
                + "HEAD /livez HTTP/1.1\r\n\r\n"
                + "POST /livez HTTP/1.1\r\nContent-Length: 5\r\n\r\nGET /"
                + "GET /none HTTP/1.1\r\nConnection: close\r\n\r\nGET /livez HTTP/1.1\r\n\r\n");

    assertThat(answer(socket)).contains("200 OK").endsWith("ok\n");
    assertThat(answer(socket)).contains("200 OK", "\"cluster\"");
    String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(all.split("HTTP/1.1 ", -1)).hasSize(4);
    assertThat(all).startsWith("HTTP/1.1 200 OK").contains("405 Method", "404 Not Found");
    assertThat(all).contains("Connection: close");
  }

  @ParameterizedTest
  @CsvSource({
    "431, 9000, GET /livez HTTP/1.1\\r\\nX: ",
    "400, 0, nonsense\\r\\n\\r\\n",
    "400, 0, GET /livez HTTP/2.0\\r\\n\\r\\n",
    "400, 0, GET /livez HTTP/1.1\\r\\n folded\\r\\n\\r\\n",
    "400, 0, GET http://[ HTTP/1.1\\r\\n\\r\\n",
    "400, 0, POST / HTTP/1.1\\r\\nContent-Length: -1\\r\\n\\r\\n",
    "411, 0, POST / HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n",
    "413, 0, POST / HTTP/1.1\\r\\nContent-Length: 9999999999\\r\\n\\r\\n",
  })
  void refusesWhatItCannotTake(int code, int more, String text) throws Exception {
    Socket socket = assertReceives(text.replace("\\r\\n", "\r\n") + "x".repeat(more));

    assertThat(answer(socket)).startsWith("HTTP/1.1 " + code + " ").contains("Connection: close");
    socket.shutdownOutput();
    assertThat(isClosed(socket)).isTrue();
  }
}
