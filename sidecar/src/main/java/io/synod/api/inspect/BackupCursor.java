package io.synod.api.inspect;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import com.google.rpc.Code;
import io.grpc.stub.StreamObserver;
import io.synod.api.call.CommonMessages;
import io.synod.api.call.OutcomeErrors;
import io.synod.api.call.ServerIdentity;
import io.synod.api.call.ServiceContext;
import io.synod.api.call.StatusErrors;
import io.synod.api.call.TransferCursor;
import io.synod.runtime.backup.BackupContent;
import io.synod.runtime.backup.BackupWriter;
import io.synod.runtime.node.Availability;
import io.synod.runtime.node.NodeStatus;
import io.synod.state.Consumer;
import io.synod.state.State;
import io.synod.v1.BackupResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One Backup stream. It keeps one state, which is immutable, and makes each piece of it when its
 * reader is ready: neither the main loop nor other calls wait for it. A reader that takes nothing
 * for {@link #STALL} loses the stream, since the state is kept in memory for it.
 */
final class BackupCursor extends TransferCursor<BackupResponse> {
  private static final int PIECES_PER_TURN = 4;
  private static final Duration STALL = Duration.ofSeconds(60);
  private static final Duration CHECK_EVERY = Duration.ofMillis(100);

  private final ServiceContext context;
  private final ServerIdentity identity;
  private final long deadlineNanos;
  private @Nullable BackupContent content;
  private @Nullable BackupWriter writer;
  private @Nullable State checked;
  private long sentAtNanos;

  /**
   * To be constructed inside the call that it answers.
   *
   * @param patience how long to wait for a consumer's snapshot
   */
  BackupCursor(
      StreamObserver<BackupResponse> observer,
      ServiceContext context,
      ServerIdentity identity,
      Duration patience) {
    super(observer, context.workers());
    this.context = context;
    this.identity = identity;
    this.sentAtNanos = System.nanoTime();
    this.deadlineNanos = sentAtNanos + patience.toNanos();
  }

  /** Checks the deadline and the reader from now on. To be called once it is open. */
  void schedule() {
    signalEvery(CHECK_EVERY.toNanos());
  }

  @Override
  protected void close() {
    writer = null;
    checked = null;
    if (content != null) {
      content.close();
      content = null;
    }
  }

  @Override
  protected void transfer() {
    refuseUnfit();
    BackupWriter from = writer == null ? begin() : writer;
    for (int sent = 0; from != null && sent < PIECES_PER_TURN; sent++) {
      if (!ready()) {
        refuseStalled();
        return;
      }
      byte[] piece = from.next();
      sentAtNanos = System.nanoTime();
      if (piece == null) {
        end(from);
        return;
      }
      send(BackupResponse.newBuilder().setChunk(UnsafeByteOperations.unsafeWrap(piece)).build());
    }
    if (from != null) {
      signal();
    }
  }

  /** The state must be chosen, and that of a majority, until the last byte is sent. */
  private void refuseUnfit() {
    if (context.node().reads().isQuarantined()) {
      throw StatusErrors.quarantined();
    }
    if (writer != null) {
      return;
    }
    Availability available = context.node().inspection().status().availability();
    switch (available.reason()) {
      case NOT_FORMED, FORMATION_BLOCKED, ORIGINS_DIFFER, STOPPING ->
          throw OutcomeErrors.unavailable(available);
      default -> {}
    }
  }

  private void refuseStalled() {
    if (System.nanoTime() - sentAtNanos > STALL.toNanos()) {
      throw StatusErrors.overloaded(
          "the reader of the backup took nothing for " + STALL.toSeconds() + " s", 1_000);
    }
  }

  /** Chooses the state; null while a snapshot that belongs to it is not on this disk. */
  private @Nullable BackupWriter begin() {
    State state = context.node().reads().state();
    boolean late = System.nanoTime() - deadlineNanos >= 0;
    if (state == checked && !late) {
      return null;
    }
    checked = state;
    if (state.slot() == 0) {
      return refuseIfLate(late, "nothing is applied here yet");
    }
    BackupContent all = BackupContent.open(state, context.node().consumers().appSnapshots());
    String missing = all.missing();
    if (missing != null) {
      all.close();
      return refuseIfLate(late, "the snapshot of consumer " + missing + " is not at this sidecar");
    }
    content = all;
    NodeStatus now = context.node().inspection().status();
    BackupWriter begun =
        new BackupWriter(
            all, identity.cluster(), context.node().maintenance().formation(), now.node());
    writer = begun;
    checked = null;
    send(BackupResponse.newBuilder().setBegin(describe(state, now)).build());
    return begun;
  }

  private static @Nullable BackupWriter refuseIfLate(boolean late, String why) {
    if (late) {
      throw StatusErrors.snapshotNotTaken(Code.DEADLINE_EXCEEDED, why);
    }
    return null;
  }

  private BackupResponse.Begin describe(State state, NodeStatus now) {
    BackupResponse.Begin.Builder begin =
        BackupResponse.Begin.newBuilder()
            .setInfo(context.infos().of(now))
            .setIndex(state.index())
            .setSlot(state.slot())
            .setStateDigest(CommonMessages.hex(state.mark().digest()))
            .setLastCommandIndex(state.commandedIndex());
    for (Consumer consumer : state.consumers()) {
      Consumer.Snapshot safe = consumer.safeSnapshot();
      begin.addConsumers(
          BackupResponse.ConsumerState.newBuilder()
              .setConsumer(consumer.name())
              .setSnapshotIndex(safe == null ? 0 : safe.index()));
    }
    return begin.build();
  }

  private void end(BackupWriter complete) {
    ByteString sha256 = UnsafeByteOperations.unsafeWrap(complete.sha256().array());
    send(
        BackupResponse.newBuilder()
            .setEnd(
                BackupResponse.End.newBuilder().setSizeBytes(complete.bytes()).setSha256(sha256))
            .build());
    finish();
  }
}
