package io.synod.state;

import io.synod.state.apply.Machine;
import io.synod.state.apply.SlotResult;
import io.synod.state.command.Entry;
import io.synod.state.command.Op;
import io.synod.state.command.SessionKind;
import io.synod.state.command.SystemCommands;
import io.synod.state.command.Txn;
import io.synod.state.encoding.Payload;
import io.synod.state.result.KeyValue;
import io.synod.state.result.Reply;
import io.synod.state.result.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A state machine that applies commands one by one, each in its own slot. */
public final class TestMachine {
  public final Machine machine;
  long millis = 1_000;
  private long nonce;

  public TestMachine() {
    this(new Machine());
  }

  TestMachine(Limits limits) {
    this(new Machine(limits));
  }

  TestMachine(Machine machine) {
    this.machine = machine;
  }

  public State state() {
    return machine.state();
  }

  long index() {
    return machine.appliedIndex();
  }

  public Result apply(Entry entry) {
    return step(entry).applied().get(0).result();
  }

  public SlotResult step(Entry... entries) {
    List<byte[]> commands = new ArrayList<>();
    for (Entry entry : entries) {
      commands.add(entry.encode());
    }
    return machine.apply(machine.appliedSlot() + 1, millis, commands);
  }

  /** The reply to a command that takes effect. */
  Reply reply(Entry entry) {
    Result result = apply(entry);
    if (result instanceof Result.Effect effect) {
      return effect.reply();
    }
    throw new AssertionError(result);
  }

  /** Opens a session without a time to live. */
  public long open() {
    apply(opening(Entry.Kind.OPEN_SESSION, new SystemCommands.Open(0).encode()));
    return index();
  }

  /** Opens a session that holds a lock, or waits for it. */
  public long hold(String lock) {
    apply(holding(lock, false));
    return index();
  }

  Entry holding(String lock, boolean once) {
    return opening(
        Entry.Kind.HOLD, new SystemCommands.Hold(lock, value("at " + lock), 10_000, once).encode());
  }

  Entry opening(Entry.Kind kind, Payload payload) {
    return new Entry(kind, 1, 0, ++nonce, index(), 0, "", "", payload);
  }

  /** Opens a sidecar's own session. */
  long openOwn(int node) {
    Payload order = new SystemCommands.OpenOwn(SessionKind.OWN).encode();
    apply(new Entry(Entry.Kind.OPEN_OWN_SESSION, node, 0, ++nonce, index(), 0, "", "", order));
    return index();
  }

  /** An entry without a session. */
  Entry sessionless(Entry.Kind kind, Payload payload) {
    return opening(kind, payload);
  }

  /** The next entry of a session, which acknowledges all earlier answers. */
  Entry entry(long session, Entry.Kind kind, Payload payload) {
    Session open = state().session(session);
    long sequence =
        open == null || open.cachedReplies().isEmpty() ? 1 : open.cachedReplies().lastKey() + 1;
    return new Entry(kind, 1, session, sequence, sequence, 0, "", "", payload);
  }

  public Reply.Done txn(long session, Txn txn) {
    Reply reply = reply(entry(session, Entry.Kind.KV, txn.encode()));
    return (Reply.Done) reply;
  }

  /** Puts a pair; returns it with its value, which the answer leaves out. */
  KeyValue put(long session, String key, String value) {
    Txn txn = Txn.of(new Op.Put(key, value(value), 0, 0));
    return Objects.requireNonNull(txn(session, txn).results().get(0).kv()).with(value(value));
  }

  public Result close(long session) {
    return apply(new Entry(Entry.Kind.CLOSE_SESSION, 1, session, 0, 0, 0, "", "", Payload.EMPTY));
  }

  public static Entry at(long session, long sequence, String payload) {
    return at(session, sequence, 0, payload);
  }

  public static Entry at(long session, long sequence, long ackedBelow, String payload) {
    return new Entry(
        Entry.Kind.COMMAND, 1, session, sequence, ackedBelow, 0, "", "", value(payload));
  }

  public static Payload value(String text) {
    return Payload.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
