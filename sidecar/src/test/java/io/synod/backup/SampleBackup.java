package io.synod.backup;

import io.synod.api.MemoryAppSnapshots;
import io.synod.runtime.backup.BackupContent;
import io.synod.runtime.backup.BackupWriter;
import io.synod.runtime.port.StreamReader;
import io.synod.state.State;
import io.synod.state.apply.Machine;
import io.synod.state.command.Entry;
import io.synod.state.command.NewEntry;
import io.synod.state.command.Op;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * The backup of a small cluster: keys, a held lock, a consumer with a safe snapshot and later
 * entries, and one that has none.
 */
final class SampleBackup {
  static final String CLUSTER = "town";
  static final long FORMATION = 0xF00D;
  static final byte[] APP = new byte[3_000];

  private final Machine machine = new Machine();
  private final MemoryAppSnapshots apps = new MemoryAppSnapshots();
  private long sequence;
  private long appIndex;
  private long token;

  SampleBackup() {
    new SplittableRandom(5).nextBytes(APP);
    apply(Entry.Kind.OPEN_SESSION, 0, new SystemCommands.Open(0).encode());
    put("city", "Vienna");
    apply(
        Entry.Kind.HOLD,
        0,
        new SystemCommands.Hold("printer", payload("me"), 10_000, false).encode());
    token = machine.state().index();
    apply(Entry.Kind.COMMAND, 1, payload("order 1"));
    appIndex = machine.state().index();
    snapshot("ledger", appIndex);
    apply(Entry.Kind.COMMAND, 1, payload("order 2"));
    apply(
        Entry.Kind.ACKNOWLEDGE,
        1,
        new SystemCommands.Acknowledge("mailer", machine.state().index(), Payload.EMPTY).encode());
    put("city", "Graz");
  }

  static Payload payload(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }

  void put(String key, String value) {
    apply(Entry.Kind.KV, 1, Txn.of(new Op.Put(key, payload(value), 0, 0)).encode());
  }

  /** Stores the snapshot of a consumer. */
  void snapshot(String consumer, long index) {
    Payload sha256 = Payload.of(MemoryAppSnapshots.sha256(APP).array());
    apply(
        Entry.Kind.STORE,
        1,
        new SystemCommands.Store(consumer, index, "v1", APP.length, sha256, 1, false).encode());
    apps.put(consumer, index, APP);
  }

  private void apply(Entry.Kind kind, long session, Payload payload) {
    sequence++;
    Entry entry = NewEntry.of(kind, payload).under(1, new Entry.Key(session, sequence), 0);
    machine.apply(machine.appliedSlot() + 1, 1_000 * sequence, List.of(entry.encode()));
  }

  State state() {
    return machine.state();
  }

  /** The index of the snapshot of consumer "ledger". */
  long appIndex() {
    return appIndex;
  }

  /** The fencing token of lock "printer". */
  long token() {
    return token;
  }

  /** The content of a backup with the snapshots of these consumers of index {@link #appIndex}. */
  BackupContent content(String... consumers) {
    List<BackupContent.App> opened = new ArrayList<>();
    for (String consumer : consumers) {
      StreamReader stream = Objects.requireNonNull(apps.open(consumer, appIndex));
      opened.add(new BackupContent.App(consumer, appIndex, stream));
    }
    return new BackupContent(state(), opened, null);
  }

  byte[] bytes() {
    return bytes(state(), apps);
  }

  /** The backup of a state. */
  static byte[] bytes(State state, MemoryAppSnapshots apps) {
    return bytes(BackupContent.open(state, apps));
  }

  /** The backup of a content, which it closes. */
  static byte[] bytes(BackupContent content) {
    try (content) {
      BackupWriter writer = new BackupWriter(content, CLUSTER, FORMATION, 2);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (byte[] piece = writer.next(); piece != null; piece = writer.next()) {
        all.writeBytes(piece);
      }
      return all.toByteArray();
    }
  }
}
