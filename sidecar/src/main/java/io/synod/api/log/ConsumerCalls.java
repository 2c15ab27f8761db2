package io.synod.api.log;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.Deadlines;
import io.synod.api.call.IdempotencyKey;
import io.synod.api.call.OutcomeErrors;
import io.synod.api.call.ReadRequirement;
import io.synod.api.call.RequestFields;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StateWaits;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.UnaryReply;
import io.synod.runtime.node.ConsumerCopies;
import io.synod.runtime.node.Inspection;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.Proposer;
import io.synod.runtime.node.ReadFreshness;
import io.synod.runtime.node.ReadLevel;
import io.synod.runtime.node.StateReads;
import io.synod.state.Consumer;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.encoding.Payload;
import io.synod.state.result.Reply.Acknowledged;
import io.synod.v1.AckAppliedRequest;
import io.synod.v1.AckAppliedResponse;
import io.synod.v1.BarrierRequest;
import io.synod.v1.BarrierResponse;
import io.synod.v1.DropConsumerRequest;
import io.synod.v1.DropConsumerResponse;
import io.synod.v1.ListConsumersRequest;
import io.synod.v1.ListConsumersResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The calls of the log service that concern consumers. */
public final class ConsumerCalls {
  private static final int DIGEST_BYTES_MAX = 64;

  private final ServiceContext context;
  private final Proposer proposer;
  private final StateReads reads;
  private final ConsumerCopies consumers;
  private final Inspection inspection;
  private final StateWaits waits;
  private final long lapseMillis;

  public ConsumerCalls(ServiceContext context, StateWaits waits, long lapseMillis) {
    this.context = context;
    this.proposer = context.node().proposer();
    this.reads = context.node().reads();
    this.consumers = context.node().consumers();
    this.inspection = context.node().inspection();
    this.waits = waits;
    this.lapseMillis = lapseMillis;
  }

  /** The name of the consumer that a call waits for, checked; "" if it waits for none. */
  String awaited(String field, String name) {
    if (!name.isEmpty()) {
      RequestFields.consumer(field, name);
      waits.admit();
    }
    return name;
  }

  /** A call's wait for an acknowledgement. */
  record Await(String consumer, long index, long deadlineNanos) {
    static long deadline(Duration patience) {
      return System.nanoTime() + patience.toNanos();
    }
  }

  /** Answers once the copy here has acknowledged the index; at once if no consumer is named. */
  <T> void whenAcknowledged(UnaryReply<T> unaryReply, Await await, Supplier<T> answer) {
    if (await.consumer().isEmpty()) {
      unaryReply.send(answer.get());
      return;
    }
    int self = context.infos().node();
    Duration left = Duration.ofNanos(await.deadlineNanos() - System.nanoTime());
    CompletableFuture<Boolean> acknowledged =
        waits.until(state -> acked(copy(state, await.consumer(), self)) >= await.index(), left);
    unaryReply.onCancel(() -> acknowledged.complete(false));
    unaryReply.when(
        acknowledged,
        in -> {
          if (!in) {
            throw StatusErrors.notYetAcknowledged(
                await.index(), reads.state().index(), inspection.status().leaderContactNanos());
          }
          unaryReply.send(answer.get());
        });
  }

  private static Consumer.@Nullable Copy copy(State state, String name, int node) {
    Consumer consumer = state.consumer(name);
    return consumer == null ? null : consumer.copyOf(node);
  }

  private static long acked(Consumer.@Nullable Copy copy) {
    return copy == null ? 0 : copy.ackedIndex();
  }

  /**
   * Where the copy here resumes, once a quorum confirmed that no acknowledgement of it is missing.
   *
   * @param internal whether it also reads entries that are not commands
   */
  CompletableFuture<Long> resumption(String name, boolean internal) {
    int self = context.infos().node();
    return reads
        .read(ReadLevel.STRONG, Duration.ZERO, 0, Deadlines.ofCall())
        .thenApply(
            readFreshness -> {
              OutcomeErrors.fresh(readFreshness, inspection.status().leaderContactNanos());
              State now = reads.state();
              long acked = acked(copy(now, name, self));
              // No command follows, so nothing is missed even if the log is trimmed.
              return !internal && acked >= now.commandedIndex() ? now.index() + 1 : acked + 1;
            });
  }

  void barrier(BarrierRequest request, StreamObserver<BarrierResponse> observer) {
    UnaryReply<BarrierResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          String consumer = awaited("consumer", request.getConsumer());
          Duration patience = Deadlines.ofCall();
          long deadline = Await.deadline(patience);
          unaryReply.whenRead(
              reads.read(ReadLevel.STRONG, Duration.ZERO, 0, patience),
              readFreshness -> {
                ReadFreshness.Fresh fresh =
                    OutcomeErrors.fresh(readFreshness, inspection.status().leaderContactNanos());
                State now = reads.state();
                BarrierResponse answer =
                    BarrierResponse.newBuilder()
                        .setInfo(context.infos().read(ReadLevel.STRONG, fresh, now.index()))
                        .setIndex(now.commandedIndex())
                        .build();
                whenAcknowledged(
                    unaryReply, new Await(consumer, answer.getIndex(), deadline), () -> answer);
              });
        });
  }

  void ackApplied(AckAppliedRequest request, StreamObserver<AckAppliedResponse> observer) {
    UnaryReply<AckAppliedResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          String consumer = RequestFields.consumer("consumer", request.getConsumer());
          long index = RequestFields.number("index", request.getIndex());
          Payload digest =
              RequestFields.bytes("state_digest", request.getStateDigest(), DIGEST_BYTES_MAX);
          if (index > reads.state().index()) {
            throw StatusErrors.invalid("index", "is above what this sidecar has applied");
          }
          unaryReply.when(
              consumers.acknowledge(consumer, index, digest, Deadlines.ofCall()),
              outcome -> unaryReply.send(acknowledged(outcome)));
        });
  }

  private AckAppliedResponse acknowledged(Outcome outcome) {
    Outcome.Applied applied = OutcomeErrors.applied(outcome, IdempotencyKey.HARMLESS);
    long index = applied.reply() instanceof Acknowledged reply ? reply.index() : 0;
    return AckAppliedResponse.newBuilder()
        .setInfo(context.infos().including(applied.index()))
        .setIndex(index)
        .build();
  }

  void listConsumers(ListConsumersRequest request, StreamObserver<ListConsumersResponse> observer) {
    UnaryReply<ListConsumersResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          ReadRequirement requirement = ReadRequirement.of(request.getOptions());
          unaryReply.whenRead(
              requirement.request(reads),
              readFreshness -> {
                ReadFreshness.Fresh fresh =
                    OutcomeErrors.fresh(readFreshness, inspection.status().leaderContactNanos());
                State now = reads.state();
                unaryReply.send(
                    list(now)
                        .setInfo(context.infos().read(requirement.level(), fresh, now.index()))
                        .build());
              });
        });
  }

  private ListConsumersResponse.Builder list(State now) {
    long lapsed = now.mark().logTimeMillis() - lapseMillis;
    ListConsumersResponse.Builder list = ListConsumersResponse.newBuilder();
    for (Consumer consumer : now.consumers()) {
      ListConsumersResponse.Consumer.Builder one =
          list.addConsumersBuilder()
              .setName(consumer.name())
              .setNeedsFrom(SnapshotMessages.neededFrom(consumer, now, lapsed))
              .setDivergedAt(consumer.differsAt());
      for (Consumer.Copy copy : consumer.everyCopy()) {
        one.addCopiesBuilder()
            .setNodeId(CommonMessages.node(copy.node()))
            .setAckedIndex(copy.ackedIndex())
            .setAckTime(CommonMessages.time(copy.ackMillis()))
            .setLapsed(copy.ackMillis() < lapsed);
      }
      Consumer.Snapshot safe = consumer.safeSnapshot();
      if (safe != null) {
        one.setSnapshot(SnapshotMessages.info(safe));
      }
    }
    return list;
  }

  void dropConsumer(DropConsumerRequest request, StreamObserver<DropConsumerResponse> observer) {
    UnaryReply<DropConsumerResponse> unaryReply = new UnaryReply<>(observer);
    unaryReply.guard(
        () -> {
          String consumer = RequestFields.consumer("consumer", request.getConsumer());
          NewEntry newEntry = new NewEntry(Entry.Kind.DROP_CONSUMER, consumer, "", Payload.EMPTY);
          unaryReply.when(
              proposer.propose(newEntry, Deadlines.ofCall()),
              outcome -> {
                Outcome.Applied applied = OutcomeErrors.applied(outcome, IdempotencyKey.HARMLESS);
                unaryReply.send(
                    DropConsumerResponse.newBuilder()
                        .setInfo(context.infos().including(applied.index()))
                        .build());
              });
        });
  }
}
