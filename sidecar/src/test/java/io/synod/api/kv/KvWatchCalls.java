package io.synod.api.kv;

import com.google.protobuf.ByteString;
import io.synod.api.TestServer;
import io.synod.v1.DeleteRequest;
import io.synod.v1.KVGrpc;
import io.synod.v1.KeyValue;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse.Changes;
import io.synod.v1.Op;
import io.synod.v1.PutRequest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Base of tests of the map and its watches, over a fake node. */
abstract class KvWatchCalls {
  TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
  }

  @AfterEach
  void close() {
    server.close();
  }

  KVGrpc.KVBlockingStub kv() {
    return KVGrpc.newBlockingStub(server.channel);
  }

  KeyValue put(String key, String value) {
    return put(key, ByteString.copyFromUtf8(value));
  }

  KeyValue put(String key, ByteString value) {
    return kv().put(PutRequest.newBuilder().setKey(key).setValue(value).build()).getKv();
  }

  long delete(String key) {
    return kv().delete(DeleteRequest.newBuilder().setKey(key).build()).getInfo().getAppliedIndex();
  }

  static Op putOp(String key, int bytes) {
    return Op.newBuilder()
        .setPut(Op.PutOp.newBuilder().setKey(key).setValue(ByteString.copyFrom(new byte[bytes])))
        .build();
  }

  KvWatcher watch(KvWatchRequest.Builder request) {
    return KvWatcher.open(server.channel, request.build());
  }

  static KvWatchRequest.Builder all() {
    return KvWatchRequest.newBuilder().setPrefix(true);
  }

  static List<String> texts(Changes changes) {
    return changes.getItemsList().stream()
        .map(it -> it.getType().name().substring(5) + " " + it.getKv().getKey())
        .toList();
  }
}
