package io.synod.api.log;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.synod.api.call.Deadlines;
import io.synod.api.call.ErrorMapping;
import io.synod.api.call.IdempotencyKey;
import io.synod.api.call.OutcomeErrors;
import io.synod.api.call.RequestFields;
import io.synod.api.call.SerialTask;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.UnaryReply;
import io.synod.paxos.View;
import io.synod.paxos.value.Bytes;
import io.synod.runtime.node.NodeStatus;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.port.StreamWriter;
import io.synod.state.Consumer;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.SystemCommands;
import io.synod.state.encoding.Payload;
import io.synod.v1.PutSnapshotRequest;
import io.synod.v1.PutSnapshotResponse;
import io.synod.v1.SnapshotInfo;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One PutSnapshot stream: writes a snapshot from an application to the disk. The next chunk is
 * requested when the previous one is written, so an upload needs the memory of one chunk.
 */
public final class SnapshotUpload implements StreamObserver<PutSnapshotRequest> {
  public static final int CHUNK_BYTES_MAX = 1 << 20;
  private static final int SHA256_BYTES = 32;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final SnapshotAdmission admission;
  private final ServiceContext context;
  private final ServerCallStreamObserver<PutSnapshotResponse> call;
  private final UnaryReply<PutSnapshotResponse> unaryReply;
  // The parts run serially on the transfer threads; the fields below are used by those alone.
  private final Queue<Runnable> parts = new ConcurrentLinkedQueue<>();
  private final SerialTask serialTask;
  private @Nullable StreamWriter streamWriter;
  private SystemCommands.@Nullable Store order;
  // The command is proposed: whatever becomes of the call, the upload counts until its outcome is
  // known.
  private boolean completed;
  private boolean ended;

  /** To be constructed inside the call that it answers. */
  SnapshotUpload(
      SnapshotAdmission admission,
      ServiceContext context,
      StreamObserver<PutSnapshotResponse> observer) {
    this.admission = admission;
    this.context = context;
    this.unaryReply = new UnaryReply<>(observer);
    this.call = (ServerCallStreamObserver<PutSnapshotResponse>) observer;
    this.serialTask = new SerialTask(context.workers().transfers(), this::step);
    unaryReply.onCancel(() -> then(this::leave));
    call.disableAutoRequest();
    call.request(1);
  }

  private void then(Runnable part) {
    parts.add(part);
    serialTask.signal();
  }

  private void step() {
    for (Runnable part = parts.poll(); part != null; part = parts.poll()) {
      try {
        part.run();
      } catch (RuntimeException e) {
        end();
        unaryReply.refuse(ErrorMapping.refusal(e));
      }
    }
  }

  private void leave() {
    if (!completed) {
      end();
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      StreamWriter left = streamWriter;
      if (left != null) {
        left.close();
      }
      SystemCommands.Store begun = order;
      if (begun != null) {
        admission.ended(begun.consumer());
      }
    }
  }

  @Override
  public void onNext(PutSnapshotRequest message) {
    then(
        () -> {
          if (!ended) {
            take(message);
            call.request(1);
          }
        });
  }

  /** The call was cancelled. */
  @Override
  public void onError(Throwable cancelled) {
    then(this::leave);
  }

  @Override
  public void onCompleted() {
    Duration patience = Deadlines.ofCall(PATIENCE);
    then(
        () -> {
          if (!ended) {
            complete(patience);
          }
        });
  }

  private void take(PutSnapshotRequest message) {
    switch (message.getPartCase()) {
      case HEADER -> begin(message.getHeader());
      case CHUNK -> append(message.getChunk());
      case PART_NOT_SET -> throw StatusErrors.invalid("part", "must be set");
    }
  }

  private void begin(PutSnapshotRequest.Header header) {
    if (order != null) {
      throw StatusErrors.invalid("header", "must be sent once");
    }
    SystemCommands.Store checked = checked(header);
    admission.begin(checked);
    order = checked;
    streamWriter =
        context.node().consumers().appSnapshots().stage(checked.consumer(), checked.index());
  }

  private SystemCommands.Store checked(PutSnapshotRequest.Header header) {
    String consumer = RequestFields.consumer("header.consumer", header.getConsumer());
    SnapshotInfo info = header.getSnapshot();
    long index = RequestFields.positive("header.snapshot.index", info.getIndex());
    if (index > context.node().reads().state().index()) {
      throw StatusErrors.invalid("header.snapshot.index", "is above what this sidecar has applied");
    }
    if (info.getSha256().size() != SHA256_BYTES) {
      throw StatusErrors.invalid("header.snapshot.sha256", "must have 32 bytes");
    }
    NodeStatus status = context.node().inspection().status();
    // A learner's own copy does not count towards the quorum.
    int quorum = status.quorum() + (status.role() == View.Role.LEARNER ? 1 : 0);
    return new SystemCommands.Store(
        consumer,
        index,
        RequestFields.label("header.snapshot.format", info.getFormat()),
        RequestFields.number("header.snapshot.size_bytes", info.getSizeBytes()),
        Payload.of(info.getSha256().toByteArray()),
        quorum,
        false);
  }

  private void append(ByteString chunk) {
    StreamWriter into = streamWriter;
    SystemCommands.Store stated = order;
    if (into == null || stated == null) {
      throw StatusErrors.invalid("header", "must be sent first");
    }
    if (chunk.size() > CHUNK_BYTES_MAX) {
      throw StatusErrors.invalid("chunk", "must have at most " + CHUNK_BYTES_MAX + " bytes");
    }
    if (into.bytes() + chunk.size() > stated.bytes()) {
      throw StatusErrors.digestMismatch(
          "more bytes were sent than header.snapshot.size_bytes states");
    }
    into.append(chunk.toByteArray());
  }

  private void complete(Duration patience) {
    StreamWriter whole = streamWriter;
    SystemCommands.Store stated = order;
    if (whole == null || stated == null) {
      throw StatusErrors.invalid("header", "must be sent first");
    }
    if (whole.bytes() != stated.bytes()) {
      throw StatusErrors.digestMismatch(
          "fewer bytes were sent than header.snapshot.size_bytes states");
    }
    if (!whole.sha256().equals(Bytes.of(stated.sha256().bytes()))) {
      throw StatusErrors.digestMismatch("the content does not have the stated sha256");
    }
    admission.check(stated);
    long deadline = System.nanoTime() + patience.toNanos();
    whole.seal();
    completed = true;
    CompletableFuture<Outcome> storing =
        context.node().proposer().propose(NewEntry.of(Entry.Kind.STORE, stated.encode()), patience);
    var unused = storing.whenComplete((outcome, error) -> then(this::end));
    unaryReply.when(
        storing,
        outcome -> {
          Outcome.Applied applied = OutcomeErrors.applied(outcome, IdempotencyKey.HARMLESS);
          safe(stated, applied, Duration.ofNanos(deadline - System.nanoTime()));
        });
  }

  private void safe(SystemCommands.Store stated, Outcome.Applied applied, Duration left) {
    CompletableFuture<Boolean> safe = admission.whenSafe(stated, left);
    unaryReply.onCancel(() -> safe.complete(false));
    unaryReply.when(
        safe,
        in -> {
          State now = context.node().reads().state();
          Consumer consumer = now.consumer(stated.consumer());
          if (!in || consumer == null) {
            throw StatusErrors.notYetSafe();
          }
          Consumer.Snapshot stored = consumer.snapshotAt(stated.index());
          if (stored != null && !stored.sha256().equals(stated.sha256())) {
            throw StatusErrors.digestMismatch("another copy gave another snapshot for this index");
          }
          Consumer.Snapshot newest = stored == null ? consumer.safeSnapshot() : stored;
          PutSnapshotResponse.Builder answer =
              PutSnapshotResponse.newBuilder()
                  .setInfo(context.infos().including(applied.index()))
                  .setTrimmableBelow(admission.neededFrom(consumer, now));
          if (newest != null) {
            answer.setSnapshot(SnapshotMessages.info(newest));
          }
          unaryReply.send(answer.build());
        });
  }
}
