package io.synod.cli.shared;

import com.google.protobuf.Message;
import io.grpc.stub.StreamObserver;
import io.synod.v1.DeleteRequest;
import io.synod.v1.DeleteResponse;
import io.synod.v1.GetRequest;
import io.synod.v1.GetResponse;
import io.synod.v1.KVGrpc;
import io.synod.v1.KvWatchRequest;
import io.synod.v1.KvWatchResponse;
import io.synod.v1.ListRequest;
import io.synod.v1.ListResponse;
import io.synod.v1.PutRequest;
import io.synod.v1.PutResponse;
import io.synod.v1.TxnRequest;
import io.synod.v1.TxnResponse;

/** The key-value part of a canned sidecar. */
final class CannedKeys extends KVGrpc.KVImplBase {
  private final Answers answers;

  /** Answers any request as it was told to. */
  interface Answers {
    <T extends Message> void serve(Message request, StreamObserver<T> observer);
  }

  CannedKeys(Answers answers) {
    this.answers = answers;
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> observer) {
    answers.serve(request, observer);
  }

  @Override
  public void list(ListRequest request, StreamObserver<ListResponse> observer) {
    answers.serve(request, observer);
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> observer) {
    answers.serve(request, observer);
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<DeleteResponse> observer) {
    answers.serve(request, observer);
  }

  @Override
  public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
    answers.serve(request, observer);
  }

  @Override
  public void watch(KvWatchRequest request, StreamObserver<KvWatchResponse> observer) {
    answers.serve(request, observer);
  }
}
