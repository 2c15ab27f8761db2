package io.synod.bench.load;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.synod.v1.AdminGrpc;
import io.synod.v1.Compare;
import io.synod.v1.GetRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.LogGrpc;
import io.synod.v1.Op;
import io.synod.v1.ProposeRequest;
import io.synod.v1.PutRequest;
import io.synod.v1.ReadLevel;
import io.synod.v1.ReadOptions;
import io.synod.v1.ResponseInfo;
import io.synod.v1.Status;
import io.synod.v1.TxnRequest;
import java.io.IOException;

/** Synod's own API. */
final class SynodProtocol implements ClientProtocol {
  /** KvWatchResponse.changes, .items, .kv, .value. */
  private static final int[] WATCHED_VALUE = {2, 2, 2, 2};

  @Override
  public String method(BenchOperation operation) {
    return switch (operation) {
      case PROPOSE -> LogGrpc.getProposeMethod().getFullMethodName();
      case PUT, WATCH -> KVGrpc.getPutMethod().getFullMethodName();
      case GET, LOCAL_GET -> KVGrpc.getGetMethod().getFullMethodName();
      case TXN -> KVGrpc.getTxnMethod().getFullMethodName();
    };
  }

  @Override
  public byte[] request(LoopWork work, long number, byte[] value) {
    ByteString bytes = UnsafeByteOperations.unsafeWrap(value);
    return switch (work.operation().measured()) {
      case PROPOSE -> ProposeRequest.newBuilder().setCommand(bytes).build().toByteArray();
      case GET -> get(work.anyKey(number), ReadLevel.READ_LEVEL_STRONG);
      case LOCAL_GET -> get(work.anyKey(number), ReadLevel.READ_LEVEL_LOCAL);
      case TXN ->
          TxnRequest.newBuilder()
              .addCompares(Compare.newBuilder().setKeyAbsent(LoopWork.NEVER))
              .addSuccess(
                  Op.newBuilder()
                      .setPut(Op.PutOp.newBuilder().setKey(work.key(number)).setValue(bytes)))
              .addSuccess(Op.newBuilder().setGetKey(work.anyKey(number)))
              .addFailure(Op.newBuilder().setGetKey(work.anyKey(number)))
              .build()
              .toByteArray();
      case PUT, WATCH ->
          PutRequest.newBuilder().setKey(work.key(number)).setValue(bytes).build().toByteArray();
    };
  }

  private static byte[] get(String key, ReadLevel level) {
    return GetRequest.newBuilder()
        .setKey(key)
        .setOptions(ReadOptions.newBuilder().setLevel(level))
        .build()
        .toByteArray();
  }

  @Override
  public String watchMethod() {
    return KVGrpc.getWatchMethod().getFullMethodName();
  }

  @Override
  public boolean watchTakesMore() {
    return false;
  }

  @Override
  public byte[] watchRequest() {
    return KvWatchRequest.newBuilder()
        .setKey(LoopWork.PREFIX)
        .setPrefix(true)
        .build()
        .toByteArray();
  }

  @Override
  public int[] watchedValue() {
    return WATCHED_VALUE.clone();
  }

  @Override
  public String statusMethod() {
    return AdminGrpc.getGetStatusMethod().getFullMethodName();
  }

  @Override
  public MemberStatus status(byte[] answer) throws IOException {
    Status status = Status.parseFrom(answer);
    ResponseInfo info = status.getInfo();
    String leader =
        info.hasLeader()
            ? info.getLeader().getNodeId() + " at round " + info.getLeader().getRound()
            : "";
    boolean connected = status.getPeersList().stream().allMatch(Status.Peer::getConnected);
    return new MemberStatus(
        status.getRole() == Status.Role.ROLE_LEADER, leader, info.getAppliedIndex(), connected);
  }
}
