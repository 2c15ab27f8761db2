package io.synod.api.log;

import io.grpc.stub.StreamObserver;
import io.synod.api.call.Again;
import io.synod.api.call.Desk;
import io.synod.api.call.Fields;
import io.synod.api.call.Outcomes;
import io.synod.api.call.Patience;
import io.synod.api.call.ReadWish;
import io.synod.api.call.Refusal;
import io.synod.api.call.Reply;
import io.synod.api.call.StateWaits;
import io.synod.api.call.WireForm;
import io.synod.runtime.node.Freshness;
import io.synod.runtime.node.Node;
import io.synod.runtime.node.Outcome;
import io.synod.runtime.node.ReadLevel;
import io.synod.state.Consumer;
import io.synod.state.Draft;
import io.synod.state.Entry;
import io.synod.state.Payload;
import io.synod.state.Reply.Acknowledged;
import io.synod.state.State;
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

/** The calls of the log that are about consumers. */
public final class ConsumerCalls {
  private static final int DIGEST_BYTES_MAX = 64;

  private final Desk desk;
  private final Node node;
  private final StateWaits waits;
  private final long lapseMillis;

  public ConsumerCalls(Desk desk, StateWaits waits, long lapseMillis) {
    this.desk = desk;
    this.node = desk.node();
    this.waits = waits;
    this.lapseMillis = lapseMillis;
  }

  /** The name of the consumer that a call waits for, checked; "" if it waits for none. */
  String awaited(String field, String name) {
    if (!name.isEmpty()) {
      Fields.consumer(field, name);
      waits.admit();
    }
    return name;
  }

  /** What a call waits for. */
  record Await(String consumer, long index, long deadlineNanos) {
    static long deadline(Duration patience) {
      return System.nanoTime() + patience.toNanos();
    }
  }

  /** Answers once the copy here acknowledged the index; at once if no consumer is named. */
  <T> void whenAcknowledged(Reply<T> reply, Await await, Supplier<T> answer) {
    if (await.consumer().isEmpty()) {
      reply.send(answer.get());
      return;
    }
    int self = desk.infos().node();
    Duration left = Duration.ofNanos(await.deadlineNanos() - System.nanoTime());
    CompletableFuture<Boolean> acknowledged =
        waits.until(state -> acked(copy(state, await.consumer(), self)) >= await.index(), left);
    reply.whenGone(() -> acknowledged.complete(false));
    reply.when(
        acknowledged,
        in -> {
          if (!in) {
            throw Refusal.notYetAcknowledged(
                await.index(), node.state().index(), node.status().leaderContactNanos());
          }
          reply.send(answer.get());
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
   * Where the copy here goes on, once it is sure that nothing it acknowledged is missing.
   *
   * @param internal whether it sees more than commands
   */
  CompletableFuture<Long> resumption(String name, boolean internal) {
    int self = desk.infos().node();
    return node.read(ReadLevel.STRONG, Duration.ZERO, 0, Patience.ofCall())
        .thenApply(
            freshness -> {
              Outcomes.fresh(freshness, node.status().leaderContactNanos());
              State now = node.state();
              long acked = acked(copy(now, name, self));
              // With no command behind it nothing is missed, however much of the log is gone.
              return !internal && acked >= now.commandedIndex() ? now.index() + 1 : acked + 1;
            });
  }

  void barrier(BarrierRequest request, StreamObserver<BarrierResponse> observer) {
    Reply<BarrierResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          String consumer = awaited("consumer", request.getConsumer());
          Duration patience = Patience.ofCall();
          long deadline = Await.deadline(patience);
          reply.whenRead(
              node.read(ReadLevel.STRONG, Duration.ZERO, 0, patience),
              freshness -> {
                Freshness.Fresh fresh =
                    Outcomes.fresh(freshness, node.status().leaderContactNanos());
                State now = node.state();
                BarrierResponse answer =
                    BarrierResponse.newBuilder()
                        .setInfo(desk.infos().read(ReadLevel.STRONG, fresh, now.index()))
                        .setIndex(now.commandedIndex())
                        .build();
                whenAcknowledged(
                    reply, new Await(consumer, answer.getIndex(), deadline), () -> answer);
              });
        });
  }

  void ackApplied(AckAppliedRequest request, StreamObserver<AckAppliedResponse> observer) {
    Reply<AckAppliedResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          String consumer = Fields.consumer("consumer", request.getConsumer());
          long index = Fields.number("index", request.getIndex());
          Payload digest = Fields.bytes("state_digest", request.getStateDigest(), DIGEST_BYTES_MAX);
          if (index > node.state().index()) {
            throw Refusal.invalid("index", "is above what this sidecar has applied");
          }
          reply.when(
              node.acknowledge(consumer, index, digest, Patience.ofCall()),
              outcome -> reply.send(acknowledged(outcome)));
        });
  }

  private AckAppliedResponse acknowledged(Outcome outcome) {
    Outcome.Applied applied = Outcomes.applied(outcome, Again.HARMLESS);
    long index = applied.reply() instanceof Acknowledged reply ? reply.index() : 0;
    return AckAppliedResponse.newBuilder()
        .setInfo(desk.infos().including(applied.index()))
        .setIndex(index)
        .build();
  }

  void listConsumers(ListConsumersRequest request, StreamObserver<ListConsumersResponse> observer) {
    Reply<ListConsumersResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          ReadWish wish = ReadWish.of(request.getOptions());
          reply.whenRead(
              wish.ask(node),
              freshness -> {
                Freshness.Fresh fresh =
                    Outcomes.fresh(freshness, node.status().leaderContactNanos());
                State now = node.state();
                reply.send(
                    list(now).setInfo(desk.infos().read(wish.level(), fresh, now.index())).build());
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
              .setNeedsFrom(SnapshotForm.neededFrom(consumer, now, lapsed))
              .setDivergedAt(consumer.differsAt());
      for (Consumer.Copy copy : consumer.everyCopy()) {
        one.addCopiesBuilder()
            .setNodeId(WireForm.node(copy.node()))
            .setAckedIndex(copy.ackedIndex())
            .setAckTime(WireForm.time(copy.ackMillis()))
            .setLapsed(copy.ackMillis() < lapsed);
      }
      Consumer.Snapshot safe = consumer.safeSnapshot();
      if (safe != null) {
        one.setSnapshot(SnapshotForm.info(safe));
      }
    }
    return list;
  }

  void dropConsumer(DropConsumerRequest request, StreamObserver<DropConsumerResponse> observer) {
    Reply<DropConsumerResponse> reply = new Reply<>(observer);
    reply.guard(
        () -> {
          String consumer = Fields.consumer("consumer", request.getConsumer());
          Draft draft = new Draft(Entry.Kind.DROP_CONSUMER, consumer, "", Payload.EMPTY);
          reply.when(
              node.propose(draft, Patience.ofCall()),
              outcome -> {
                Outcome.Applied applied = Outcomes.applied(outcome, Again.HARMLESS);
                reply.send(
                    DropConsumerResponse.newBuilder()
                        .setInfo(desk.infos().including(applied.index()))
                        .build());
              });
        });
  }
}
