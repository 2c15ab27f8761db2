package io.synod.api.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status.Code;
import io.synod.api.CallError;
import io.synod.api.MemoryAppSnapshots;
import io.synod.api.MemoryNode;
import io.synod.api.NodeCondition;
import io.synod.api.StreamCollector;
import io.synod.api.TestHolds;
import io.synod.api.TestServer;
import io.synod.paxos.value.Bytes;
import io.synod.runtime.backup.BackupReader;
import io.synod.state.State;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.v1.AdminGrpc;
import io.synod.v1.BackupRequest;
import io.synod.v1.BackupResponse;
import io.synod.v1.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests the stream of a backup, and what ends it. */
@Timeout(60)
final class BackupTest {
  private static final int VALUE_BYTES = 20_000;

  private final byte[] app = new byte[700_000];
  private TestServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new TestServer();
    new SplittableRandom(3).nextBytes(app);
    for (int i = 0; i < 100; i++) {
      put("key/" + i, i);
    }
  }

  @AfterEach
  void close() {
    server.close();
  }

  private void put(String key, int seed) {
    byte[] value = new byte[VALUE_BYTES];
    new SplittableRandom(seed).nextBytes(value);
    server.node.order(Entry.Kind.KV, Txn.of(new Op.Put(key, Payload.of(value), 0, 0)).encode());
  }

  private SystemCommands.Store store(long index) {
    Payload sha256 = Payload.of(MemoryAppSnapshots.sha256(app).array());
    return new SystemCommands.Store("c", index, "v1", app.length, sha256, 2, false);
  }

  /** Records that a sidecar has the snapshot of consumer "c" at this index. */
  private void holds(int node, long index) {
    server.node.log.apply(
        server.node.log.placed(NewEntry.of(Entry.Kind.STORE, store(index).encode()), node, 1));
  }

  private Iterator<BackupResponse> backup() {
    return AdminGrpc.newBlockingStub(server.channel).backup(BackupRequest.getDefaultInstance());
  }

  private StreamCollector<BackupRequest, BackupResponse> open() {
    StreamCollector<BackupRequest, BackupResponse> collector = new StreamCollector<>();
    AdminGrpc.newStub(server.channel).backup(BackupRequest.getDefaultInstance(), collector);
    return collector;
  }

  private static BackupReader.Backup check(List<BackupResponse> parts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (BackupResponse part : parts.subList(1, parts.size() - 1)) {
      assertThat(part.getChunk().size()).isBetween(1, 1 << 20);
      all.writeBytes(part.getChunk().toByteArray());
    }
    BackupReader.Backup backup =
        BackupReader.read(
            new ByteArrayInputStream(all.toByteArray()), BackupReader.AppReceiver.NONE);
    BackupResponse.Begin begin = parts.get(0).getBegin();
    BackupResponse.End end = parts.get(parts.size() - 1).getEnd();
    assertThat(end.getSizeBytes()).isEqualTo(backup.bytes());
    assertThat(Bytes.of(end.getSha256().toByteArray())).isEqualTo(backup.sha256());
    assertThat(begin.getIndex()).isEqualTo(backup.header().mark().index());
    assertThat(begin.getSlot()).isEqualTo(backup.header().mark().slot());
    assertThat(begin.getStateDigest())
        .isEqualTo(String.format("%016x", backup.header().mark().digest()));
    return backup;
  }

  private static List<BackupResponse> all(Iterator<BackupResponse> stream) {
    List<BackupResponse> parts = new ArrayList<>();
    stream.forEachRemaining(parts::add);
    return parts;
  }

  @Test
  void streamsTheStateAtOneIndexWhileTheLogGrows() throws IOException {
    State before = server.node.state();
    Iterator<BackupResponse> stream = backup();
    List<BackupResponse> parts = new ArrayList<>(List.of(stream.next()));
    for (int i = 0; stream.hasNext(); i++) {
      put("key/" + i, -i);
      parts.add(stream.next());
    }

    BackupReader.Backup backup = check(parts);
    assertThat(backup.header().cluster()).isEqualTo("town");
    assertThat(backup.header().formation()).isEqualTo(0xf0);
    assertThat(backup.header().node()).isEqualTo(1);
    assertThat(backup.state().mark()).isEqualTo(before.mark());
    for (int i = 0; i < 100; i++) {
      assertThat(backup.state().get("key/" + i)).isEqualTo(before.get("key/" + i));
    }
    assertThat(server.node.state().index()).isGreaterThan(before.index());
  }

  @Test
  void hasTheSnapshotOfAConsumerOnceItHasArrived() throws IOException {
    server.node.log.append(MemoryNode.entry(Entry.Kind.COMMAND, 1, 1, 3));
    long index = server.node.state().index();
    holds(2, index);
    holds(3, index);
    StreamCollector<BackupRequest, BackupResponse> stream = open();
    assertThat(stream.nextWithin(300)).isNull();

    server.node.blobs.put("c", index, app);
    holds(1, index);

    List<BackupResponse> parts = new ArrayList<>();
    while (parts.isEmpty() || !parts.get(parts.size() - 1).hasEnd()) {
      parts.add(stream.next());
    }
    stream.completes();
    assertThat(parts.get(0).getBegin().getConsumersList())
        .containsExactly(
            BackupResponse.ConsumerState.newBuilder()
                .setConsumer("c")
                .setSnapshotIndex(index)
                .build());
    assertThat(parts.get(0).getBegin().getLastCommandIndex()).isEqualTo(index);
    assertThat(check(parts).apps().get(0).bytes()).isEqualTo(app.length);
    TestHolds.until(() -> server.node.blobs.opened.get() == 0);
  }

  @Test
  void saysWhichSnapshotDidNotArrive() {
    long index = server.node.state().index();
    holds(2, index);
    holds(3, index);

    CallError late = CallError.by(() -> backup().next());

    assertThat(late.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
    assertThat(late.reason()).isEqualTo(Reason.SNAPSHOT_NOT_TAKEN);
    assertThat(late.text()).isEqualTo("the snapshot of consumer c is not at this sidecar");
  }

  @Test
  void isRefusedWhileTheStateIsNotThatOfAMajority() {
    server.node.quarantine();
    CallError refused = CallError.by(() -> backup().next());
    assertThat(refused.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(refused.reason()).isEqualTo(Reason.QUARANTINED);
  }

  @Test
  void endsWhenTheNodeIsQuarantinedMeanwhile() {
    Iterator<BackupResponse> stream = backup();
    stream.next();
    server.node.quarantine();
    assertThat(CallError.by(() -> all(stream)).reason()).isEqualTo(Reason.QUARANTINED);
  }

  @Test
  void isRefusedBeforeTheClusterHasFormed() {
    server.node.feel(NodeCondition.BLOCKED);
    assertThat(CallError.by(() -> backup().next()).reason()).isEqualTo(Reason.NOT_FORMED);
  }

  @Test
  void needsNoQuorum() throws IOException {
    server.node.feel(NodeCondition.ALONE);
    assertThat(check(all(backup())).state().keyCount()).isEqualTo(100);
  }

  @Test
  void makesNoMoreThanTheReaderTakes() throws IOException {
    byte[] large = new byte[10_000_000];
    long index = server.node.state().index();
    server.node.blobs.put("large", index, large);
    Payload sha256 = Payload.of(MemoryAppSnapshots.sha256(large).array());
    server.node.order(
        Entry.Kind.STORE,
        new SystemCommands.Store("large", index, "v1", large.length, sha256, 1, false).encode());
    Iterator<BackupResponse> stream = backup();
    List<BackupResponse> parts = new ArrayList<>();
    long received = 0;
    while (received < 4_000_000) {
      parts.add(stream.next());
      received += parts.get(parts.size() - 1).getChunk().size();
      assertThat(server.node.blobs.bytesRead.get()).isLessThan(received + 2_000_000);
    }
    stream.forEachRemaining(parts::add);
    assertThat(check(parts).apps().get(0).bytes()).isEqualTo(large.length);
  }

  @Test
  void refusesAThirdBackup() {
    Iterator<BackupResponse> first = backup();
    Iterator<BackupResponse> second = backup();
    first.next();
    second.next();

    CallError third = CallError.by(() -> backup().next());

    assertThat(third.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(third.reason()).isEqualTo(Reason.OVERLOADED);
    assertThat(all(first)).isNotEmpty();
    TestHolds.until(() -> server.ended.contains("Backup OK"));
    assertThat(all(backup())).isNotEmpty();
  }

  @Test
  void endsWhenTheSidecarStops() {
    Iterator<BackupResponse> stream = backup();
    stream.next();
    server.services.drain();
    assertThat(CallError.by(() -> all(stream)).reason()).isEqualTo(Reason.SHUTTING_DOWN);
  }

  @Test
  void closesSnapshotsWhenItsCallerLeaves() {
    long index = server.node.state().index();
    server.node.blobs.put("c", index, app);
    holds(1, index);
    holds(2, index);
    StreamCollector<BackupRequest, BackupResponse> stream = open();
    stream.next();
    stream.cancel();
    TestHolds.until(() -> server.node.blobs.opened.get() == 0);
  }

  @Test
  void reportsADamagedSnapshot() {
    long index = server.node.state().index();
    server.node.blobs.put("c", index, app);
    holds(1, index);
    holds(2, index);
    server.node.blobs.damage();

    assertThat(CallError.by(() -> all(backup())).reason()).isEqualTo(Reason.DAMAGED);
    TestHolds.until(() -> server.node.blobs.opened.get() == 0);
  }
}
