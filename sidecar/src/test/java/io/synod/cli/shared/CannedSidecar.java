package io.synod.cli.shared;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.synod.v1.AdminGrpc;
import io.synod.v1.Ballot;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.CloseSessionResponse;
import io.synod.v1.DecisionRecord;
import io.synod.v1.DropConsumerRequest;
import io.synod.v1.DropConsumerResponse;
import io.synod.v1.GetDecisionRequest;
import io.synod.v1.GetSnapshotRequest;
import io.synod.v1.GetSnapshotResponse;
import io.synod.v1.GetStatusRequest;
import io.synod.v1.InspectGrpc;
import io.synod.v1.KeepSessionRequest;
import io.synod.v1.ListConsumersRequest;
import io.synod.v1.ListConsumersResponse;
import io.synod.v1.ListElectionsRequest;
import io.synod.v1.ListElectionsResponse;
import io.synod.v1.ListSessionsRequest;
import io.synod.v1.ListSessionsResponse;
import io.synod.v1.LogGrpc;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.OpenSessionResponse;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.ReadRequest;
import io.synod.v1.ReadResponse;
import io.synod.v1.ResponseInfo;
import io.synod.v1.SessionState;
import io.synod.v1.SessionsGrpc;
import io.synod.v1.Status;
import io.synod.v1.StreamTraceRequest;
import io.synod.v1.TakeSnapshotRequest;
import io.synod.v1.TakeSnapshotResponse;
import io.synod.v1.TraceEvent;
import io.synod.v1.TransferLeadershipRequest;
import io.synod.v1.TransferLeadershipResponse;
import io.synod.v1.WatchRequest;
import io.synod.v1.WatchResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** A fake sidecar: a gRPC server with prepared answers, which records the requests. */
public final class CannedSidecar implements AutoCloseable {
  public final Queue<Message> requests = new ConcurrentLinkedQueue<>();

  /** How the next answers end, if not well. */
  public final Queue<io.grpc.Status> endings = new ConcurrentLinkedQueue<>();

  private final ConcurrentHashMap<Class<?>, Function<Message, List<? extends Message>>> answers =
      new ConcurrentHashMap<>();
  private final Server server;

  public CannedSidecar() throws IOException {
    this(new BindableService[0]);
  }

  /** With more services, that answer by themselves. */
  public CannedSidecar(BindableService... more) throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new CannedLog())
            .addService(new CannedAdmin())
            .addService(new CannedInspect())
            .addService(new CannedSessions())
            .addService(new CannedKeys(this::serve));
    List.of(more).forEach(builder::addService);
    server = builder.build().start();
  }

  public String endpoint() {
    return "127.0.0.1:" + server.getPort();
  }

  /** Drops every connection without answering what is open. */
  public void breakOff() {
    server.shutdownNow();
  }

  public <R extends Message> void answer(Class<R> request, Message... responses) {
    answers.put(request, r -> List.of(responses));
  }

  /** Answers with a stream that depends on the request. */
  public <R extends Message> void stream(
      Class<R> request, Function<R, List<? extends Message>> answer) {
    answers.put(request, r -> answer.apply(request.cast(r)));
  }

  public <R extends Message> void answer(Class<R> request, Function<R, Message> answer) {
    answers.put(request, r -> List.of(answer.apply(request.cast(r))));
  }

  public <R extends Message> void refuse(Class<R> request, StatusRuntimeException error) {
    answers.put(
        request,
        r -> {
          throw error;
        });
  }

  /** Keeps the request and never answers; {@code then} runs when it arrived. */
  public <R extends Message> void hang(Class<R> request, Runnable then) {
    answers.put(
        request,
        r -> {
          then.run();
          return List.of();
        });
  }

  public <R extends Message> List<R> requests(Class<R> type) {
    return requests.stream().filter(type::isInstance).map(type::cast).toList();
  }

  public static StatusRuntimeException error(
      Code code, String reason, String text, Message... details) {
    Collection<Any> all = new ArrayList<>();
    all.add(Any.pack(ErrorInfo.newBuilder().setDomain("synod.dev").setReason(reason).build()));
    for (Message detail : details) {
      all.add(Any.pack(detail));
    }
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(text)
            .addAllDetails(all)
            .build());
  }

  public static ResponseInfo info(long applied) {
    return ResponseInfo.newBuilder()
        .setCluster("demo")
        .setNodeId("1")
        .setAppliedIndex(applied)
        .setLeader(ballot(3, "1"))
        .build();
  }

  public static Ballot ballot(long round, String node) {
    return Ballot.newBuilder()
        .setRound(round)
        .setNodeId(node)
        .setIncarnation("00000000000000a" + node)
        .build();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  // A test that names the wrong response type fails at once.
  @SuppressWarnings("unchecked")
  private <T extends Message> void serve(Message request, StreamObserver<T> observer) {
    requests.add(request);
    Function<Message, List<? extends Message>> answer = answers.get(request.getClass());
    if (answer == null) {
      observer.onError(io.grpc.Status.UNIMPLEMENTED.asRuntimeException());
      return;
    }
    List<? extends Message> responses;
    try {
      responses = answer.apply(request);
    } catch (StatusRuntimeException e) {
      observer.onError(e);
      return;
    }
    if (responses.isEmpty()) {
      return;
    }
    responses.forEach(response -> observer.onNext((T) response));
    io.grpc.Status ending = endings.poll();
    if (ending == null) {
      observer.onCompleted();
    } else {
      observer.onError(ending.asRuntimeException());
    }
  }

  private final class CannedLog extends LogGrpc.LogImplBase {
    @Override
    public void propose(ProposeRequest request, StreamObserver<ProposeResponse> observer) {
      serve(request, observer);
    }

    @Override
    public void read(ReadRequest request, StreamObserver<ReadResponse> observer) {
      serve(request, observer);
    }

    /** Answers the header, once all chunks are there, or at once if it is to be refused. */
    @Override
    public StreamObserver<PutSnapshotRequest> putSnapshot(
        StreamObserver<PutSnapshotResponse> observer) {
      return new StreamObserver<>() {
        @Override
        public void onNext(PutSnapshotRequest part) {
          if (part.hasHeader() && part.getHeader().getConsumer().equals("refused")) {
            serve(part, observer);
          } else {
            requests.add(part);
          }
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
          serve(PutSnapshotRequest.getDefaultInstance(), observer);
        }
      };
    }

    @Override
    public void getSnapshot(
        GetSnapshotRequest request, StreamObserver<GetSnapshotResponse> observer) {
      serve(request, observer);
    }

    @Override
    public void listConsumers(
        ListConsumersRequest request, StreamObserver<ListConsumersResponse> observer) {
      serve(request, observer);
    }

    @Override
    public void dropConsumer(
        DropConsumerRequest request, StreamObserver<DropConsumerResponse> observer) {
      serve(request, observer);
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
      serve(request, observer);
    }
  }

  private final class CannedAdmin extends AdminGrpc.AdminImplBase {
    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<Status> observer) {
      serve(request, observer);
    }

    @Override
    public void takeSnapshot(
        TakeSnapshotRequest request, StreamObserver<TakeSnapshotResponse> observer) {
      serve(request, observer);
    }

    @Override
    public void transferLeadership(
        TransferLeadershipRequest request, StreamObserver<TransferLeadershipResponse> observer) {
      serve(request, observer);
    }
  }

  private final class CannedInspect extends InspectGrpc.InspectImplBase {
    @Override
    public void getDecision(GetDecisionRequest request, StreamObserver<DecisionRecord> observer) {
      serve(request, observer);
    }

    @Override
    public void listElections(
        ListElectionsRequest request, StreamObserver<ListElectionsResponse> observer) {
      serve(request, observer);
    }

    @Override
    public void streamTrace(StreamTraceRequest request, StreamObserver<TraceEvent> observer) {
      serve(request, observer);
    }
  }

  private final class CannedSessions extends SessionsGrpc.SessionsImplBase {
    @Override
    public void openSession(
        OpenSessionRequest request, StreamObserver<OpenSessionResponse> observer) {
      serve(request, observer);
    }

    @Override
    public StreamObserver<KeepSessionRequest> keepSessions(StreamObserver<SessionState> observer) {
      return new StreamObserver<>() {
        @Override
        public void onNext(KeepSessionRequest request) {
          serve(request, observer);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
      };
    }

    @Override
    public void listSessions(
        ListSessionsRequest request, StreamObserver<ListSessionsResponse> observer) {
      serve(request, observer);
    }

    @Override
    public void closeSession(
        CloseSessionRequest request, StreamObserver<CloseSessionResponse> observer) {
      serve(request, observer);
    }
  }
}
