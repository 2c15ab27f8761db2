package io.synod.client;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.synod.v1.CloseSessionRequest;
import io.synod.v1.CloseSessionResponse;
import io.synod.v1.CompactionInfo;
import io.synod.v1.Entry;
import io.synod.v1.EntryBatch;
import io.synod.v1.LogGrpc;
import io.synod.v1.OpenSessionRequest;
import io.synod.v1.OpenSessionResponse;
import io.synod.v1.ProposeRequest;
import io.synod.v1.ProposeResponse;
import io.synod.v1.QuorumInfo;
import io.synod.v1.ReadRequest;
import io.synod.v1.ReadResponse;
import io.synod.v1.Reason;
import io.synod.v1.SessionSequence;
import io.synod.v1.SessionsGrpc;
import io.synod.v1.WatchProgress;
import io.synod.v1.WatchRequest;
import io.synod.v1.WatchResponse;
import io.synod.v1.WatchStarted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A sidecar in memory, with a log and sessions, which injects faults into its next calls.
 * Thread-safe.
 */
final class MemorySidecar extends LogGrpc.LogImplBase implements AutoCloseable {
  /** A fault of one call. */
  enum Fault {
    NONE,
    /** The call is executed, and the connection breaks before the answer. */
    LOSE_ANSWER,
    /** The call is executed, and the sidecar answers that the outcome is unknown. */
    OUTCOME_UNKNOWN,
    NO_QUORUM,
    /** There is no quorum, with a long delay before a retry. */
    NO_QUORUM_FOR_LONG,
    OVERLOADED,
    /** All sessions are forgotten. */
    SESSION_UNKNOWN,
    TOO_LARGE
  }

  private static final RetryInfo IN_A_MINUTE =
      RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setSeconds(60)).build();

  final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
  final ManagedChannel channel;
  private final Server server;
  private final List<Entry> log = new ArrayList<>();
  private final Map<String, Map<Long, ProposeResponse>> sessions = new HashMap<>();
  private final List<SessionSequence> asked = new ArrayList<>();
  private long lastSession = 500;
  private long oldest = 1;

  MemorySidecar() throws IOException {
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .addService(this)
            .addService(new MemorySessions())
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  private final class MemorySessions extends SessionsGrpc.SessionsImplBase {
    @Override
    public void openSession(
        OpenSessionRequest request, StreamObserver<OpenSessionResponse> observer) {
      String id;
      synchronized (MemorySidecar.this) {
        id = Long.toString(++lastSession);
        sessions.put(id, new HashMap<>());
      }
      observer.onNext(OpenSessionResponse.newBuilder().setSessionId(id).build());
      observer.onCompleted();
    }

    @Override
    public void closeSession(
        CloseSessionRequest request, StreamObserver<CloseSessionResponse> observer) {
      synchronized (MemorySidecar.this) {
        sessions.remove(request.getSessionId());
      }
      observer.onNext(CloseSessionResponse.getDefaultInstance());
      observer.onCompleted();
    }
  }

  synchronized void append(int count) {
    for (int i = 0; i < count; i++) {
      long index = log.size() + 1L;
      log.add(Entry.newBuilder().setIndex(index).build());
    }
  }

  synchronized void trim(long newOldest) {
    oldest = newOldest;
  }

  /** The commands in the log. */
  synchronized List<String> commands() {
    return log.stream().map(Entry::getCommand).map(ByteString::toStringUtf8).toList();
  }

  /** The session and sequence of each attempt. */
  synchronized List<SessionSequence> asked() {
    return List.copyOf(asked);
  }

  synchronized int openSessions() {
    return sessions.size();
  }

  private Fault fault() {
    Fault fault = faults.poll();
    return fault == null ? Fault.NONE : fault;
  }

  @Override
  public void propose(ProposeRequest request, StreamObserver<ProposeResponse> observer) {
    Fault fault = fault();
    ProposeResponse response;
    synchronized (this) {
      asked.add(request.getSessionSequence());
      if (fault == Fault.SESSION_UNKNOWN) {
        sessions.clear();
      }
      boolean done =
          fault == Fault.NONE || fault == Fault.LOSE_ANSWER || fault == Fault.OUTCOME_UNKNOWN;
      response = done ? apply(request) : null;
    }
    if (fault == Fault.NONE && response != null) {
      observer.onNext(response);
      observer.onCompleted();
    } else {
      observer.onError(
          error(response == null && fault == Fault.NONE ? Fault.SESSION_UNKNOWN : fault));
    }
  }

  private @org.jspecify.annotations.Nullable ProposeResponse apply(ProposeRequest request) {
    SessionSequence place = request.getSessionSequence();
    Map<Long, ProposeResponse> answers = sessions.get(place.getSessionId());
    if (answers == null) {
      return null;
    }
    ProposeResponse before = answers.get(place.getSequence());
    if (before != null) {
      return before.toBuilder().setDeduplicated(true).build();
    }
    long index = log.size() + 1L;
    log.add(Entry.newBuilder().setIndex(index).setCommand(request.getCommand()).build());
    ProposeResponse response = ProposeResponse.newBuilder().setIndex(index).build();
    answers.put(place.getSequence(), response);
    return response;
  }

  @Override
  public void read(ReadRequest request, StreamObserver<ReadResponse> observer) {
    Fault fault = fault();
    if (fault != Fault.NONE) {
      observer.onError(error(fault));
      return;
    }
    synchronized (this) {
      observer.onNext(
          ReadResponse.newBuilder()
              .addAllEntries(log.subList((int) request.getStartIndex() - 1, log.size()))
              .build());
    }
    observer.onCompleted();
  }

  /** Sends the start, two entries and a progress message, then breaks if a fault is set. */
  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
    long start = Math.max(1, request.getStartIndex());
    List<Entry> two;
    synchronized (this) {
      if (start < oldest) {
        CompactionInfo info =
            CompactionInfo.newBuilder().setRequestedIndex(start).setOldestIndex(oldest).build();
        observer.onError(typed(Code.OUT_OF_RANGE, Reason.COMPACTED, info));
        return;
      }
      int from = (int) Math.min(start - 1, log.size());
      two = List.copyOf(log.subList(from, Math.min(from + 2, log.size())));
    }
    observer.onNext(
        WatchResponse.newBuilder()
            .setStarted(WatchStarted.newBuilder().setStartIndex(start))
            .build());
    observer.onNext(
        WatchResponse.newBuilder().setBatch(EntryBatch.newBuilder().addAllEntries(two)).build());
    observer.onNext(
        WatchResponse.newBuilder()
            .setProgress(WatchProgress.newBuilder().setIndex(start - 1 + two.size()))
            .build());
    if (fault() == Fault.LOSE_ANSWER) {
      observer.onError(error(Fault.LOSE_ANSWER));
    }
  }

  private static StatusRuntimeException error(Fault fault) {
    QuorumInfo quorum = QuorumInfo.newBuilder().setVoters(3).setReachable(1).build();
    return switch (fault) {
      case OUTCOME_UNKNOWN -> typed(Code.UNKNOWN, Reason.OUTCOME_UNKNOWN);
      case NO_QUORUM -> typed(Code.UNAVAILABLE, Reason.NO_QUORUM, quorum);
      case NO_QUORUM_FOR_LONG -> typed(Code.UNAVAILABLE, Reason.NO_QUORUM, quorum, IN_A_MINUTE);
      case OVERLOADED -> typed(Code.RESOURCE_EXHAUSTED, Reason.OVERLOADED);
      case SESSION_UNKNOWN -> typed(Code.FAILED_PRECONDITION, Reason.SESSION_UNKNOWN);
      case TOO_LARGE -> typed(Code.INVALID_ARGUMENT, Reason.COMMAND_TOO_LARGE);
      case NONE, LOSE_ANSWER ->
          Status.UNAVAILABLE.withDescription("connection reset").asRuntimeException();
    };
  }

  private static StatusRuntimeException typed(Code code, Reason reason, Message... details) {
    com.google.rpc.Status.Builder status =
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage("as told")
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setDomain("synod.dev")
                        .setReason(reason.name())
                        .build()));
    for (Message detail : details) {
      status.addDetails(Any.pack(detail));
    }
    return StatusProto.toStatusRuntimeException(status.build());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }
}
