package io.synod.api;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.synod.v1.AckAppliedRequest;
import io.synod.v1.AdminGrpc;
import io.synod.v1.KVGrpc;
import io.synod.v1.LocksGrpc;
import io.synod.v1.LogGrpc;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.ProposeRequest;
import io.synod.v1.PutRequest;
import io.synod.v1.ReadOptions;
import io.synod.v1.ReadRequest;
import io.synod.v1.SessionSequence;
import io.synod.v1.SessionsGrpc;
import java.util.concurrent.TimeUnit;

/** Calls of all kinds, with a secret payload that must not be in any error. */
public record EveryCall(Channel channel) {
  public static final String SECRET = "tell-nobody";
  public static final ByteString PAYLOAD = ByteString.copyFromUtf8(SECRET);

  public LogGrpc.LogBlockingStub log() {
    return LogGrpc.newBlockingStub(channel);
  }

  /** A stub with a short deadline, for calls that only the deadline ends. */
  public LogGrpc.LogBlockingStub soon() {
    return log().withDeadlineAfter(1_500, TimeUnit.MILLISECONDS);
  }

  public KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(channel);
  }

  public LocksGrpc.LocksBlockingStub locks() {
    return LocksGrpc.newBlockingStub(channel);
  }

  public AdminGrpc.AdminBlockingStub admin() {
    return AdminGrpc.newBlockingStub(channel);
  }

  public static ProposeRequest.Builder command() {
    return ProposeRequest.newBuilder().setCommand(PAYLOAD);
  }

  public static PutRequest.Builder pair() {
    return PutRequest.newBuilder().setKey(SECRET).setValue(PAYLOAD);
  }

  public static ReadRequest read(ReadOptions.Builder options) {
    return ReadRequest.newBuilder().setOptions(options).build();
  }

  /** Proposes a command; returns its index. */
  public long propose() {
    return log().propose(command().build()).getIndex();
  }

  public void propose(SessionSequence.Builder place) {
    var unused = log().propose(command().setSessionSequence(place).build());
  }

  public void propose(String requestId, String text) {
    var unused =
        log()
            .propose(
                ProposeRequest.newBuilder()
                    .setCommand(ByteString.copyFromUtf8(text))
                    .setRequestId(requestId)
                    .build());
  }

  /** This sequence in a new session. */
  public SessionSequence.Builder place(long sequence) {
    String session =
        SessionsGrpc.newBlockingStub(channel)
            .openSession(OpenSessionRequest.getDefaultInstance())
            .getSessionId();
    return SessionSequence.newBuilder().setSessionId(session).setSequence(sequence);
  }

  public void acknowledge(String consumer) {
    var unused = log().ackApplied(AckAppliedRequest.newBuilder().setConsumer(consumer).build());
  }
}
