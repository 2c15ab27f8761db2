package io.synod.cli.kv;

import io.grpc.stub.StreamObserver;
import io.synod.cli.shared.CannedSidecar;
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
public final class CannedKeys extends KVGrpc.KVImplBase {
  private final CannedSidecar sidecar;

  public CannedKeys(CannedSidecar sidecar) {
    this.sidecar = sidecar;
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> observer) {
    sidecar.serve(request, observer);
  }

  @Override
  public void list(ListRequest request, StreamObserver<ListResponse> observer) {
    sidecar.serve(request, observer);
  }

  @Override
  public void put(PutRequest request, StreamObserver<PutResponse> observer) {
    sidecar.serve(request, observer);
  }

  @Override
  public void delete(DeleteRequest request, StreamObserver<DeleteResponse> observer) {
    sidecar.serve(request, observer);
  }

  @Override
  public void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
    sidecar.serve(request, observer);
  }

  @Override
  public void watch(KvWatchRequest request, StreamObserver<KvWatchResponse> observer) {
    sidecar.serve(request, observer);
  }
}
