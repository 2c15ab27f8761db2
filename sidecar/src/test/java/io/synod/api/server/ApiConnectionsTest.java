package io.synod.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler.Sharable;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.synod.api.CallError;
import io.synod.api.MemoryNode;
import io.synod.api.call.ServerIdentity;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests the limits of one connection, the errors above them, and that other calls are not affected.
 */
@Timeout(60)
@SuppressWarnings("NullAway.Init") // set before each test
final class ApiConnectionsTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final MemoryNode node = new MemoryNode();
  private ApiServer server = server();
  private ManagedChannel channel;

  private ApiServer server() {
    return new ApiServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        ApiLimits.defaults(),
        node.node(),
        new ServerIdentity("town", "1.2.3"),
        CallObserver.none());
  }

  @BeforeEach
  void start() throws Exception {
    server.start();
    channel =
        Grpc.newChannelBuilder("127.0.0.1:" + server.port(), InsecureChannelCredentials.create())
            .build();
  }

  private void restart(ApiServer other) throws Exception {
    close(server);
    server = other;
    start();
  }

  private void close(ApiServer open) {
    channel.shutdownNow();
    open.close();
  }

  @AfterEach
  void end() {
    close(server);
    node.close();
  }

  private static ClientInterceptor header(int bytes) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("x", Metadata.ASCII_STRING_MARSHALLER), "a".repeat(bytes));
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  private static long propose(Channel over, int bytes) {
    ByteString command = ByteString.copyFrom(new byte[bytes]);
    return LogGrpc.newBlockingStub(over)
        .withDeadlineAfter(30, TimeUnit.SECONDS)
        .propose(ProposeRequest.newBuilder().setCommand(command).build())
        .getIndex();
  }

  private long propose(ClientInterceptor header) {
    return propose(io.grpc.ClientInterceptors.intercept(channel, header), 1);
  }

  /** Another call on the connection, and the messages it receives. */
  private BlockingQueue<String> watch() throws InterruptedException {
    BlockingQueue<String> told = new LinkedBlockingQueue<>();
    HealthGrpc.newStub(channel)
        .watch(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckResponse value) {
                told.add("health");
              }

              @Override
              public void onError(Throwable t) {
                told.add("error");
              }

              @Override
              public void onCompleted() {
                told.add("end");
              }
            });
    assertThat(told.take()).isEqualTo("health");
    return told;
  }

  @Test
  void refusesTooManyHeadersOfOneCallAndNoOther() throws Exception {
    BlockingQueue<String> other = watch();
    assertThat(propose(header(15 << 10))).isEqualTo(2);

    for (int bytes : new int[] {16 << 10, 100_000, 250_000}) {
      CallError callError = CallError.by(() -> propose(header(bytes)));

      assertThat(callError.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(callError.reason()).isEqualTo(Reason.INVALID_REQUEST);
      assertThat(callError.text()).startsWith("metadata has ").contains("16384");
      assertThat(callError.metadata("field")).isEqualTo("metadata");
    }
    assertThat(propose(channel, 1)).isEqualTo(3);
    assertThat(other).isEmpty();
  }

  /** The server announces the largest size of headers. */
  @Test
  void letsAClientRefuseByItselfWhatIsNotRead() throws Exception {
    BlockingQueue<String> other = watch();

    assertThatThrownBy(() -> propose(header(300_000))).isInstanceOf(StatusRuntimeException.class);

    assertThat(propose(channel, 1)).isEqualTo(2);
    assertThat(other).isEmpty();
  }

  @Test
  void countsMessagesTooLargeToBeReadAndEndsTheirCallsOnly() throws Exception {
    BlockingQueue<String> other = watch();
    for (int i = 1; i <= 3; i++) {
      CallError much = CallError.by(() -> propose(channel, 3 << 20));

      assertThat(much.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      assertThat(much.text()).contains("exceeds maximum size " + (2 << 20));
      long count = i;
      await().until(() -> server.oversizedMessages() == count);
    }
    assertThat(propose(channel, 1)).isEqualTo(2);
    assertThat(other).isEmpty();
  }

  @Test
  void endsAConnectionThatPingsMoreOftenThanItMay() throws Exception {
    restart(server().withKeepAliveMin(LONG));
    try (RawHttp2 client = new RawHttp2(server.port())) {
      for (int i = 0; i < 5; i++) {
        client.ping();
      }
      assertThat(client.next(RawHttp2.GO_AWAY).error()).isEqualTo("11 too_many_pings");
    }
  }

  @Test
  void answersAllPingsThatAreNotTooOften() throws Exception {
    restart(server().withKeepAliveMin(Duration.ofNanos(1)));
    try (RawHttp2 client = new RawHttp2(server.port())) {
      for (int i = 0; i < 20; i++) {
        client.ping();
        assertThat(client.next(RawHttp2.PING).isAck()).isTrue();
      }
    }
  }

  @Test
  void saysHowManyCallsAConnectionMayHave() throws Exception {
    ByteString settings = settings();
    // Numbers of HTTP/2: MAX_CONCURRENT_STREAMS is 3, MAX_HEADER_LIST_SIZE is 6.
    assertThat(setting(settings, 3)).isEqualTo(10_000);
    assertThat(setting(settings, 6)).isEqualTo(256 << 10);
  }

  private ByteString settings() throws IOException {
    try (RawHttp2 client = new RawHttp2(server.port())) {
      return client.next(RawHttp2.SETTINGS).payload();
    }
  }

  private static int setting(ByteString settings, int id) {
    ByteBuffer each = settings.asReadOnlyByteBuffer();
    while (each.hasRemaining()) {
      int now = each.getShort();
      int value = each.getInt();
      if (now == id) {
        return value;
      }
    }
    throw new AssertionError("no setting " + id);
  }

  @Test
  void letsEveryConnectionPassTheAcceptorFirst() throws Exception {
    Closing closing = new Closing();
    restart(server().acceptingThrough(closing));

    assertThatThrownBy(this::settings).isInstanceOf(IOException.class);
    closing.open = true;
    assertThat(propose(channel, 1)).isEqualTo(2);
  }

  @Sharable
  private static final class Closing extends ChannelInboundHandlerAdapter {
    private volatile boolean open;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (open) {
        context.fireChannelRead(message);
      } else {
        ((io.grpc.netty.shaded.io.netty.channel.Channel) message).unsafe().closeForcibly();
      }
    }
  }
}
