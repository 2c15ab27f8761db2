package io.synod.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.synod.api.CallError;
import io.synod.api.MemoryNode;
import io.synod.api.TestHolds;
import io.synod.api.call.ServerIdentity;
import io.synod.v1.AdminGrpc;
import io.synod.v1.DeleteRequest;
import io.synod.v1.GetRequest;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.PutRequest;
import io.synod.v1.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests clients on a real socket that do not read their responses. */
@Timeout(60)
final class ResponseBacklogTest {
  private static final int VALUE_BYTES = 512 << 10;
  private static final long UNREAD_MAX = 4L << 20;
  private static final int CALLS = 40;
  // How many responses fit.
  private static final int FIT = (int) (UNREAD_MAX / VALUE_BYTES);

  private final MemoryNode node = new MemoryNode();
  private final BlockingQueue<Status> ended = new LinkedBlockingQueue<>();
  private final List<ClientCall<?, ?>> calls = new ArrayList<>();
  private final ApiServer server =
      new ApiServer(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
          ApiLimits.defaults().withUnreadBytesMax(UNREAD_MAX),
          node.node(),
          new ServerIdentity("town", "1.2.3"),
          CallObserver.none());
  private ManagedChannel lazy;
  private ManagedChannel good;

  private ManagedChannel connect() {
    return NettyChannelBuilder.forAddress("127.0.0.1", server.port())
        .usePlaintext()
        .flowControlWindow(1 << 16)
        .build();
  }

  @BeforeEach
  void serve() throws IOException {
    server.start();
    lazy = connect();
    good = connect();
    put("k");
  }

  @AfterEach
  void close() {
    lazy.shutdownNow();
    good.shutdownNow();
    server.close();
    node.close();
  }

  private KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(good);
  }

  private void put(String key) {
    ByteString value = ByteString.copyFrom(new byte[VALUE_BYTES]);
    kv().put(PutRequest.newBuilder().setKey(key).setValue(value).build());
  }

  /** Makes a call, and reads no message of the response. */
  private <Q, A> void call(MethodDescriptor<Q, A> method, Q request) {
    ClientCall<Q, A> call = lazy.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.add(status);
          }
        },
        new Metadata());
    call.sendMessage(request);
    call.halfClose();
    calls.add(call);
  }

  private void askForTheValue() {
    call(KVGrpc.getGetMethod(), GetRequest.newBuilder().setKey("k").build());
  }

  private void leave() {
    calls.forEach(call -> call.cancel("the caller leaves", null));
    TestHolds.until(() -> server.unreadBytes() == 0);
  }

  @Test
  void keepsNoMoreAnswersThanMayBe() throws InterruptedException {
    for (int i = 0; i < CALLS; i++) {
      askForTheValue();
    }
    for (int i = 0; i < CALLS - FIT; i++) {
      Status refused = ended.poll(30, TimeUnit.SECONDS);
      assertThat(refused).as("refused as number %d", i).isNotNull();
      assertThat(refused.getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
      assertThat(refused.getDescription()).contains("unread responses");
      assertThat(server.unreadBytes()).isLessThanOrEqualTo(UNREAD_MAX);
    }
    assertThat(server.unreadBytes()).isGreaterThan(UNREAD_MAX / 2);

    leave();
    assertThat(kv().get(GetRequest.newBuilder().setKey("k").build()).getKv().getValue().size())
        .isEqualTo(VALUE_BYTES);
  }

  @Test
  void answersWhatWasDoneAndThenLetsNobodyIn() {
    for (int i = 0; i < FIT; i++) {
      put("d" + i);
    }
    for (int i = 0; i < FIT; i++) {
      call(KVGrpc.getDeleteMethod(), DeleteRequest.newBuilder().setKey("d" + i).build());
    }
    TestHolds.until(() -> server.unreadBytes() > UNREAD_MAX);
    assertThat(ended).isEmpty();

    CallError callError = CallError.by(() -> kv().get(GetRequest.newBuilder().setKey("k").build()));
    assertThat(callError.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(callError.reason()).isEqualTo(Reason.OVERLOADED);
    AdminGrpc.AdminBlockingStub admin = AdminGrpc.newBlockingStub(good);
    assertThat(admin.getStatus(GetStatusRequest.getDefaultInstance()).getAlarmsList()).isEmpty();

    leave();
    assertThat(kv().get(GetRequest.newBuilder().setKey("k").build()).hasKv()).isTrue();
  }

  @Test
  void answersOneAloneHoweverLargeItIs() {
    ResponseBacklog responseBacklog = new ResponseBacklog(10);
    assertThat(responseBacklog.addIfRoom(11)).isTrue();
    assertThat(responseBacklog.isFull()).isTrue();
    assertThat(responseBacklog.addIfRoom(1)).isFalse();
    responseBacklog.remove(11);
    assertThat(responseBacklog.addIfRoom(9)).isTrue();
    assertThat(responseBacklog.addIfRoom(2)).isFalse();
    assertThat(responseBacklog.bytes()).isEqualTo(9);
  }
}
