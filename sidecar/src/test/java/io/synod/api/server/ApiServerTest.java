package io.synod.api.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.synod.api.CallError;
import io.synod.api.LogWatcher;
import io.synod.api.MemoryNode;
import io.synod.api.NodeCondition;
import io.synod.api.RawBytes;
import io.synod.api.TestServer;
import io.synod.api.call.ServerIdentity;
import io.synod.state.command.Entry;
import io.synod.v1.LogGrpc;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.Reason;
import io.synod.v1.WatchRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server on a real socket. */
@Timeout(60)
final class ApiServerTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final MemoryNode node = new MemoryNode();
  private @Nullable ApiServer server;
  private @Nullable ManagedChannel channel;

  @AfterEach
  void close() {
    if (channel != null) {
      channel.shutdownNow();
    }
    if (server != null) {
      server.close();
    }
    node.close();
  }

  private ApiServer server(SocketAddress bind) {
    return new ApiServer(
        bind,
        ApiLimits.defaults(),
        node.node(),
        new ServerIdentity("town", "1.2.3"),
        CallObserver.none());
  }

  private ApiServer start(SocketAddress bind) throws IOException {
    ApiServer started = server(bind);
    server = started;
    started.start();
    return started;
  }

  private ManagedChannel connect(String target) {
    ManagedChannel made =
        Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).build();
    channel = made;
    return made;
  }

  private ManagedChannel startTcp() throws IOException {
    return connect("127.0.0.1:" + start(ANY_PORT).port());
  }

  private static ProposeRequest command(int bytes) {
    return ProposeRequest.newBuilder().setCommand(ByteString.copyFrom(new byte[bytes])).build();
  }

  @Test
  void servesOnATcpPort() throws IOException {
    ProposeResponse response = LogGrpc.newBlockingStub(startTcp()).propose(command(3));

    assertThat(response.getIndex()).isEqualTo(2);
  }

  @Test
  void servesOnAUnixSocketForOwnerAndGroup(@TempDir Path folder) throws IOException {
    Path socket = folder.resolve("api.sock");
    ApiServer unix = start(UnixDomainSocketAddress.of(socket));

    ProposeResponse response =
        LogGrpc.newBlockingStub(connect("unix://" + socket)).propose(command(3));

    assertThat(response.getIndex()).isEqualTo(2);
    assertThat(unix.port()).isEqualTo(-1);
    assertThat(Files.getPosixFilePermissions(socket))
        .isEqualTo(PosixFilePermissions.fromString("rw-rw----"));
    unix.close();
    assertThat(socket).doesNotExist();
  }

  @Test
  void takesOverASocketFileThatADeadProcessLeftAndNoOther(@TempDir Path folder) throws IOException {
    Path left = folder.resolve("left.sock");
    try (var dead =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(left));
    }
    Path file = Files.writeString(folder.resolve("file"), "mine");
    start(UnixDomainSocketAddress.of(left));

    assertThatThrownBy(() -> server(UnixDomainSocketAddress.of(left)).start())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in use by another process");
    assertThatThrownBy(() -> server(UnixDomainSocketAddress.of(file)).start())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not a socket");
    assertThat(file).hasContent("mine");
    assertThat(LogGrpc.newBlockingStub(connect("unix://" + left)).propose(command(1)).getIndex())
        .isEqualTo(2);
  }

  @Test
  void saysInOneLineThatAPortIsTaken() throws IOException {
    int port = start(ANY_PORT).port();

    assertThatThrownBy(
            () -> server(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)).start())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot serve the client API on")
        .hasMessageContaining(port + ": ")
        .hasMessageContaining("in use");
  }

  @Test
  void namesEveryMethodOfItsOwnServices() throws IOException {
    try (TestServer server = new TestServer()) {
      assertThat(ApiServer.methods()).isEqualTo(server.methods("synod.v1."));
    }
    assertThat(ApiServer.methods()).contains("synod.v1.Log/Propose", "synod.v1.KV/Get");
  }

  @Test
  void refusesALittleTooMuchByTypeAndFarTooMuchByTransport() throws IOException {
    LogGrpc.LogBlockingStub log = LogGrpc.newBlockingStub(startTcp());

    CallError little = CallError.by(() -> log.propose(command((1 << 20) + 1)));
    CallError much = CallError.by(() -> log.propose(command(5 << 20)));

    assertThat(little.reason()).isEqualTo(Reason.COMMAND_TOO_LARGE);
    assertThat(much.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(log.propose(command(3)).getIndex()).isEqualTo(2);
  }

  @Test
  void refusesBytesThatAreNoMessage() throws IOException {
    Channel raw = startTcp();

    CallError callError =
        CallError.by(
            () ->
                ClientCalls.blockingUnaryCall(
                    raw,
                    RawBytes.method(LogGrpc.getProposeMethod()),
                    CallOptions.DEFAULT,
                    RawBytes.junk()));

    assertThat(callError.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(callError.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(callError.status().toString()).doesNotContain("Exception");
    assertThat(LogGrpc.newBlockingStub(raw).propose(command(3)).getIndex()).isEqualTo(2);
  }

  private static ServingStatus health(Channel channel, String service) {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  @Test
  void tellsHealthAsItIsTold() throws IOException {
    ApiServer started = start(ANY_PORT);
    Channel client = connect("127.0.0.1:" + started.port());

    assertThat(health(client, "liveness")).isEqualTo(ServingStatus.SERVING);
    assertThat(health(client, "startup")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(health(client, "readiness")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(health(client, "")).isEqualTo(ServingStatus.NOT_SERVING);
    started.health().started(true);
    started.health().ready(true);
    started.health().live(false);
    assertThat(health(client, "liveness")).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(health(client, "startup")).isEqualTo(ServingStatus.SERVING);
    assertThat(health(client, "readiness")).isEqualTo(ServingStatus.SERVING);
    assertThat(health(client, "")).isEqualTo(ServingStatus.SERVING);
    assertThatThrownBy(() -> health(client, "nobody"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            error -> assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
  }

  @Test
  void describesItsServicesByReflection() throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> asking =
        ServerReflectionGrpc.newStub(startTcp())
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable error) {
                    answer.completeExceptionally(error);
                  }

                  @Override
                  public void onCompleted() {}
                });
    asking.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

    assertThat(
            answer.get(20, TimeUnit.SECONDS).getListServicesResponse().getServiceList().stream()
                .map(service -> service.getName()))
        .contains("synod.v1.Log", "synod.v1.Sessions", "synod.v1.Inspect", "synod.v1.Admin");
    asking.onCompleted();
  }

  @Test
  void refusesNewCallsWhileItDrainsAndAnswersThoseUnderWay() throws Exception {
    ApiServer started = start(ANY_PORT);
    Channel client = connect("127.0.0.1:" + started.port());
    started.health().ready(true);
    node.feel(NodeCondition.SLOW);
    Future<ProposeResponse> under = LogGrpc.newFutureStub(client).propose(command(1));
    while (node.heldCount() == 0) {
      Thread.onSpinWait();
    }

    started.drain();

    CallError callError = CallError.by(() -> LogGrpc.newBlockingStub(client).propose(command(1)));
    assertThat(callError.code()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(callError.reason()).isEqualTo(Reason.SHUTTING_DOWN);
    assertThat(health(client, "readiness")).isEqualTo(ServingStatus.NOT_SERVING);
    node.release();
    started.close();
    assertThat(under.get(20, TimeUnit.SECONDS).getIndex()).isEqualTo(2);
  }

  @Test
  void holdsLittleForAWatcherThatStallsOnARealConnection() throws IOException {
    Channel client = startTcp();
    int entries = 2_000;
    for (int i = 0; i < entries; i++) {
      node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 16_000));
    }
    WatchRequest all = WatchRequest.newBuilder().setStartIndex(2).build();
    LogWatcher stalled = LogWatcher.open(LogGrpc.newStub(client), all);
    assertThat(stalled.next().hasStarted()).isTrue();

    assertThat(LogWatcher.open(LogGrpc.newStub(client), all).entriesThrough(entries + 1))
        .hasSize(entries);

    // One client reads everything; the other receives its flow-control window and a message or two.
    long whole = entries * 16_000L;
    assertThat(node.log.bytesPaged()).isBetween(whole, whole * 9 / 8 + (4 << 20));
    assertThat(stalled.entriesThrough(entries + 1)).hasSize(entries);
  }
}
